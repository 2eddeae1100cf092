using System.Collections.Generic;
using Xunit.Abstractions;

namespace Serai.Mutants;

/// <summary>How xunit is to find tests and run them: one at a time, with its messages at once, so that what a test came by is that test's.</summary>
/// <param name="stopsAtFailure">Whether the first failure ends the run.</param>
internal sealed class Options(bool stopsAtFailure) : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> values = new()
    {
        ["xunit.execution.SynchronousMessageReporting"] = true,
        ["xunit.execution.DisableParallelization"] = true,
        ["xunit.execution.StopOnTestFail"] = stopsAtFailure,
    };

    /// <inheritdoc/>
    public TValue GetValue<TValue>(string name) => values.TryGetValue(name, out object? value) && value is TValue it ? it : default!;

    /// <inheritdoc/>
    public void SetValue<TValue>(string name, TValue value) => values[name] = value;
}
