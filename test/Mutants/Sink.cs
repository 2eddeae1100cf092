using System;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace Serai.Mutants;

/// <summary>Hears what xunit says of a run, until it has ended.</summary>
/// <param name="hears">Is given each message; false ends the run.</param>
internal sealed class Sink(Func<IMessageSinkMessage, bool> hears) : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly ManualResetEventSlim ended = new();

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        bool goesOn = hears(message);
        if (message is IDiscoveryCompleteMessage or ITestAssemblyFinished)
            ended.Set();
        return goesOn;
    }

    /// <summary>Waits for the end of the run.</summary>
    public void Wait() => ended.Wait();

    /// <inheritdoc/>
    public void Dispose() => ended.Dispose();
}
