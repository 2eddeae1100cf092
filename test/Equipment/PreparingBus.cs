using System;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Serai.Equipment;

/// <summary>
/// Passes on what is told of tests. That one starts is told on the thread that then constructs its class and, being a plain function, runs it, so
/// that is where it is prepared.
/// </summary>
internal sealed class PreparingBus(IMessageBus bus, Action prepare) : IMessageBus
{
    /// <inheritdoc/>
    public bool QueueMessage(IMessageSinkMessage message)
    {
        if (message is ITestStarting)
            prepare();
        return bus.QueueMessage(message);
    }

    /// <inheritdoc/>
    public void Dispose() => bus.Dispose();
}
