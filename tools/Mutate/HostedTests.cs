using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Serai.Mutate;

/// <summary>
/// The hosted tests of a mutated tree, built once with test/Mutants, whose process stays: fault after fault is turned on in it, and only the tests
/// that come by the fault's place are run. What survives there is tried once more in a process of its own, from its first instruction and by all
/// tests.
/// </summary>
/// <param name="tree">The folder of the tree.</param>
public sealed class HostedTests(string tree) : IDisposable
{
    private const string Project = "test/Mutants/Mutants.csproj";

    private readonly string courses = Path.GetFullPath(Path.Combine(tree, "out", "courses.txt"));
    private double secondsOfAll;
    private Conversation? server;

    /// <summary>Builds them; what the compiler says where it fails, else null.</summary>
    public string? Build()
    {
        var start = new ProcessStartInfo("dotnet", ["build", Project, "-c", "Release", "--nologo", "-v", "quiet", "-clp:NoSummary"])
        {
            WorkingDirectory = tree,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return process.ExitCode == 0
            ? null
            : string.Join('\n', lines.Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct().Take(20));
    }

    /// <summary>Runs all without any fault, which says what each comes by and how long they take; the first that fails, or null.</summary>
    public string? FirstBroken()
    {
        using var follower = new Conversation(tree, 0, "follow", courses);
        string? broken = follower.Outcome(double.PositiveInfinity);
        secondsOfAll = follower.ProcessorSeconds;
        return broken;
    }

    /// <summary>The first test that fails with a fault on, or null where all pass.</summary>
    /// <param name="number">The fault's, from 1.</param>
    /// <param name="first">Parts of the names of tests that are to be asked first, between blanks.</param>
    public string? FirstFailure(int number, string first)
    {
        while (true)
        {
            bool isFresh = server is null;
            server ??= new Conversation(tree, 0, "serve", courses);
            string? failed = server.Ask(string.Create(CultureInfo.InvariantCulture, $"{number} {first}"), out bool isSpoilt);
            if (isSpoilt || server.HasEnded)
            {
                server.Dispose();
                server = null;
            }
            if (failed is null)
                return Alone(number);
            // A fault before this one may have left its traces: only a new process tells.
            if (!isSpoilt || isFresh)
                return failed;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => server?.Dispose();

    private string? Alone(int number)
    {
        using var process = new Conversation(tree, number, "alone");
        return process.Outcome(secondsOfAll);
    }
}
