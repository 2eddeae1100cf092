using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace Serai.Mutate;

/// <summary>A process of test/Mutants, and what is said with it. Its docstring has the words.</summary>
public sealed class Conversation : IDisposable
{
    /// <summary>
    /// A fault that makes tests go on for ever is noticed by the processor time they use: so many times what they take without it, and no less than
    /// a minute. A busy host is not mistaken for one.
    /// </summary>
    private const int Patience = 8;

    private const double Least = 60;

    /// <summary>Tests that all wait for one another use no time: no answer in so many minutes is one too.</summary>
    private static readonly TimeSpan silence = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan glance = TimeSpan.FromMilliseconds(200);

    private readonly Process process;
    private readonly BlockingCollection<string> answers = [];

    /// <summary>Starts it.</summary>
    /// <param name="tree">The mutated tree.</param>
    /// <param name="fault">The fault that is on from its first instruction, or 0.</param>
    /// <param name="arguments">What it is to do.</param>
    public Conversation(string tree, int fault, params IEnumerable<string> arguments)
    {
        string program = Path.GetFullPath(Path.Combine(tree, "out", "bin", "Mutants", "release", "Serai.Mutants.dll"));
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = tree,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[MutatedTree.Variable] = fault.ToString(CultureInfo.InvariantCulture);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, data) =>
        {
            if (data.Data is null)
                answers.CompleteAdding();
            else if (data.Data.StartsWith('@'))
                answers.Add(data.Data[1..]);
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Whether it is of no more use: it has ended, or was made to.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The processor time that it has used.</summary>
    public double ProcessorSeconds { get; private set; }

    /// <summary>
    /// Asks it to run the tests of a fault: the first that fails, or null. Spoilt: it has died, or a test fails with the fault off again too.
    /// </summary>
    public string? Ask(string question, out bool isSpoilt)
    {
        const string Within = "within ", Spoilt = "spoilt ";
        try
        {
            process.StandardInput.WriteLine(question);
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended of what came before: there is no answer.
        }
        string? answer = Answer(double.PositiveInfinity);
        if (answer?.StartsWith(Within, StringComparison.Ordinal) == true)
            answer = Answer(double.Parse(answer[Within.Length..], CultureInfo.InvariantCulture));
        isSpoilt = answer?.StartsWith(Spoilt, StringComparison.Ordinal) != false;
        return answer is not null && isSpoilt ? answer[Spoilt.Length..] : Read(answer);
    }

    /// <summary>What a run of all tests ends with, which should take so many seconds of a processor: the first test that fails, or null.</summary>
    public string? Outcome(double seconds) => Read(Answer(seconds));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
        answers.Dispose();
    }

    private static string? Read(string? answer)
    {
        const string Failed = "failed ";
        if (answer is null)
            return "the tests' process";
        return answer.StartsWith(Failed, StringComparison.Ordinal) ? answer[Failed.Length..] : null;
    }

    private string? Answer(double seconds)
    {
        double most = ProcessorSeconds + Math.Max(Least, Patience * seconds);
        var watch = Stopwatch.StartNew();
        while (!answers.IsCompleted)
        {
            if (answers.TryTake(out string? answer, glance))
                return answer;
            ReadProcessorTime();
            if (ProcessorSeconds < most && watch.Elapsed < silence)
                continue;
            HasEnded = true;
            process.Kill(entireProcessTree: true);
            return "failed to-end";
        }
        HasEnded = true;
        return null;
    }

    private void ReadProcessorTime()
    {
        try
        {
            ProcessorSeconds = process.TotalProcessorTime.TotalSeconds;
        }
        catch (InvalidOperationException)
        {
            // It has ended: what was read last is what it used.
        }
    }
}
