using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Serai.Equipment;
using Serai.Simulation;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Serai.Mutants;

/// <summary>The hosted tests, as xunit finds and runs them.</summary>
internal sealed class Suite
{
    private static readonly Sink deaf = new(_ => true);
    private readonly EquippedFramework framework = new(deaf);
    private readonly ITestFrameworkExecutor executor;

    /// <summary>Finds them.</summary>
    public Suite()
    {
        Assembly tests = Assembly.LoadFrom(Path.Combine(Path.GetDirectoryName(typeof(Suite).Assembly.Location)!, "Serai.Hypervisor.Tests.dll"));
        executor = framework.GetExecutor(tests.GetName());
        var found = new List<IXunitTestCase>();
        using var sink = new Sink(message =>
        {
            if (message is ITestCaseDiscoveryMessage discovery)
                found.Add((IXunitTestCase)discovery.TestCase);
            return true;
        });
        framework.GetDiscoverer(Reflector.Wrap(tests)).Find(false, sink, new Options(false));
        sink.Wait();
        Cases = found;
    }

    /// <summary>All tests, a theory's rows each for itself where xunit can tell them apart.</summary>
    public IReadOnlyList<IXunitTestCase> Cases { get; }

    /// <summary>The full name of the first test that fails, or null where all pass.</summary>
    public string? FirstFailure(IEnumerable<IXunitTestCase> cases)
    {
        string? failed = null;
        Run(cases, stopsAtFailure: true, message =>
        {
            if (message is ITestFailed failure)
                failed ??= NameOf(failure.TestCase);
            else if (message is ITestClassCleanupFailure or ITestCleanupFailure or ITestCollectionCleanupFailure or IErrorMessage)
                failed ??= "the tests' own tidying up";
            return failed is null;
        });
        return failed;
    }

    /// <summary>Runs all of them and notes which faults' places each comes by, and how long it takes.</summary>
    public IEnumerable<Course> Follow(out string? failed)
    {
        var courses = new List<Course>();
        string? first = null;
        Run(Cases, stopsAtFailure: false, message =>
        {
            if (message is ITestCaseStarting)
                Mutation.TakeAsked();
            else if (message is ITestFailed failure)
                first ??= NameOf(failure.TestCase) + "\n" + string.Join('\n', failure.Messages);
            else if (message is ITestCaseFinished end)
                courses.Add(new Course(end.TestCase.UniqueID, end.ExecutionTime, new HashSet<int>(Mutation.TakeAsked())));
            return true;
        });
        failed = first;
        return courses;
    }

    /// <summary>A test's class and method, in full.</summary>
    public static string NameOf(ITestCase test) => $"{test.TestMethod.TestClass.Class.Name}.{test.TestMethod.Method.Name}";

    private void Run(IEnumerable<IXunitTestCase> cases, bool stopsAtFailure, System.Func<IMessageSinkMessage, bool> hears)
    {
        using var sink = new Sink(hears);
        executor.RunTests(cases, sink, new Options(stopsAtFailure));
        sink.Wait();
    }
}
