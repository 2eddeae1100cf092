using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Serai.Mutate;

/// <summary>The hosted tests of a mutated tree: built once, run with one fault on.</summary>
/// <param name="tree">The folder of the tree.</param>
public sealed class HostedTests(string tree)
{
    private const string Project = "test/Hypervisor.Tests/Hypervisor.Tests.csproj";

    /// <summary>A fault that makes tests go on for ever is noticed too: by twenty times what they took without any, and no less than this.</summary>
    private TimeSpan longest = TimeSpan.FromMinutes(20);

    /// <summary>Builds them; what the compiler says where it fails, else null.</summary>
    public string? Build()
    {
        (int status, List<string> lines) = Run(0, ["build", Project, "-c", "Release", "--nologo", "-v", "quiet", "-clp:NoSummary"]);
        return status == 0 ? null : string.Join('\n', lines.Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct().Take(20));
    }

    /// <summary>Runs all without any fault, which says how long they take; the first that fails, or null.</summary>
    public string? FirstBroken()
    {
        long begun = Stopwatch.GetTimestamp();
        string? broken = FirstFailure(0, "");
        TimeSpan most = 20 * Stopwatch.GetElapsedTime(begun);
        longest = most > longest ? most : longest;
        return broken;
    }

    /// <summary>The first test that fails with a fault on (0: none), or null where all pass. Only tests whose full names contain `filter`.</summary>
    public string? FirstFailure(int number, string filter)
    {
        List<string> arguments = ["test", Project, "-c", "Release", "--no-build", "--nologo", "--logger", "console;verbosity=normal"];
        if (filter.Length != 0)
            arguments.AddRange(["--filter", string.Join('|', filter.Split(' ').Select(word => $"FullyQualifiedName~{word}"))]);
        arguments.AddRange(["--", "xUnit.StopOnFail=true"]);
        (int status, List<string> lines) = Run(number, arguments);
        string? failed = lines.Select(line => line.TrimStart()).FirstOrDefault(line => line.StartsWith("Failed ", StringComparison.Ordinal));
        bool none = lines.Any(line => line.Contains("No test matches", StringComparison.Ordinal));
        if (none)
            throw new InvalidDataException($"there are no tests '{filter}'");
        return status == 0 ? null : failed?.Split(' ')[1].Split('(')[0] ?? "the tests' process";
    }

    private (int Status, List<string> Lines) Run(int number, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = tree };
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment[MutatedTree.Variable] = number.ToString(CultureInfo.InvariantCulture);
        using Process process = Process.Start(start)!;
        var lines = new List<string>();
        void Take(string? line)
        {
            lock (lines)
                lines.Add(line ?? "");
        }
        process.OutputDataReceived += (_, data) => Take(data.Data);
        process.ErrorDataReceived += (_, data) => Take(data.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(longest))
        {
            process.Kill(entireProcessTree: true);
            return (1, [$"Failed to-end-within-{longest.TotalMinutes}-minutes"]);
        }
        process.WaitForExit();
        lock (lines)
            return (process.ExitCode, [.. lines]);
    }
}
