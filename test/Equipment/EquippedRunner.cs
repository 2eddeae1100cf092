using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Serai.Equipment;

/// <summary>Runs the tests that lack nothing, each prepared as the assembly asks for, then says of the others what they lack: they fail, or are
/// skipped where that cannot be had.</summary>
internal sealed class EquippedRunner(ITestAssembly assembly, IEnumerable<IXunitTestCase> testCases, IMessageSink diagnostics,
    IMessageSink messages, ITestFrameworkExecutionOptions options) : XunitTestAssemblyRunner(assembly, testCases, diagnostics, messages, options)
{
    /// <inheritdoc/>
    protected override async Task<RunSummary> RunTestCollectionsAsync(IMessageBus messageBus, CancellationTokenSource cancellationTokenSource)
    {
        NeedsAttribute[] missing = [.. Tests().GetCustomAttributes<NeedsAttribute>().Where(need => need.IsMissing())];
        ILookup<string, IXunitTestCase> cases = TestCases.ToLookup(test => LackedBy(test, missing));
        TestCases = cases[""];
        Action? prepare = Tests().GetCustomAttribute<BeforeEachAttribute>()?.Act;
        RunSummary summary = await base.RunTestCollectionsAsync(
            prepare is null ? messageBus : new PreparingBus(messageBus, prepare), cancellationTokenSource);
        foreach (IGrouping<string, IXunitTestCase> group in cases.Where(group => group.Key.Length > 0))
        {
            if (missing.Where(need => group.Key.Contains($"\n    {need}", StringComparison.Ordinal)).All(need => need.IsBeyondReach()))
            {
                Skip(messageBus, group, group.Key);
                summary.Total += group.Count();
                summary.Skipped += group.Count();
                continue;
            }
            Fail(messageBus, new XunitTest(group.First(), group.First().DisplayName), Words(group.Count(), group.Key));
            summary.Total++;
            summary.Failed++;
        }
        return summary;
    }

    private Assembly Tests() => ((IReflectionAssemblyInfo)TestAssembly.Assembly).Assembly;

    // Where something is missing that all need, one list of everything is enough.
    private static string LackedBy(IXunitTestCase test, NeedsAttribute[] missing)
    {
        bool all = missing.Any(need => need.Only.Length == 0);
        return string.Concat(missing.Where(need => all || need.IsAbout(test.TestMethod.TestClass.Class.Name)).Select(need => $"\n    {need}"));
    }

    private string Words(int count, string lacked)
        => $"{count} tests of {Tests().GetName().Name}, for want of{lacked}\n"
            + "'./run test' gets and makes all that tests need, './run check' what the quick ones do.";

    private static void Skip(IMessageBus bus, IEnumerable<IXunitTestCase> group, string lacked)
    {
        foreach (IXunitTestCase skipped in group)
        {
            var test = new XunitTest(skipped, skipped.DisplayName);
            bus.QueueMessage(new TestStarting(test));
            bus.QueueMessage(new TestSkipped(test, $"not to be had here:{lacked}"));
            bus.QueueMessage(new TestFinished(test, 0, ""));
            bus.QueueMessage(new TestCaseFinished(skipped, 0, 1, 0, 1));
        }
    }

    private static void Fail(IMessageBus bus, ITest test, string words)
    {
        bus.QueueMessage(new TestStarting(test));
        bus.QueueMessage(new TestFailed(test, 0, "", ["Not run"], [words], [""], [-1]));
        bus.QueueMessage(new TestFinished(test, 0, ""));
        bus.QueueMessage(new TestCaseFinished(test.TestCase, 0, 1, 1, 0));
    }
}
