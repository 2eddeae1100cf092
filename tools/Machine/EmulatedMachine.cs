using System;
using System.Linq;
using System.Threading;

namespace Serai.Emulators;

/// <summary>
/// A machine that runs: what it writes on its serial port, and what is expected of that. It is gone when its user is, whatever happened.
/// </summary>
/// <param name="transcript">Where what it writes is gathered.</param>
public abstract class EmulatedMachine(Transcript transcript) : IDisposable
{
    /// <summary>Begins the report of a panic of the hypervisor itself: nothing more is to be expected of the machine.</summary>
    public const string Panic = "PANIC";

    /// <summary>What has been written so far.</summary>
    public Line[] Lines() => transcript.Lines();

    /// <summary>The same as it came, with what a terminal would obey.</summary>
    public string Stream() => transcript.Stream();

    /// <summary>The number of the line that comes next: a place to wait from.</summary>
    public int Now => Lines().Length;

    /// <summary>Waits for a line that contains the text; fails, with the end of the transcript, if it does not come.</summary>
    public Line Expect(string text, int from = 0) =>
        Expect($"a line with '{text}'", line => line.Text.Contains(text, StringComparison.Ordinal), from);

    /// <summary>Waits for a line that satisfies a condition. A panic of the hypervisor ends the wait.</summary>
    public Line Expect(string what, Func<Line, bool> wanted, int from = 0) =>
        transcript.Wait(wanted, line => line.Text.Contains(Panic, StringComparison.Ordinal), from, Endurance.Wait())
        ?? throw Failure($"{what} did not come");

    /// <summary>Waits for text that no newline ends, such as a menu or a prompt.</summary>
    public void ExpectUnfinished(string text)
    {
        Func<long, bool> isOver = Endurance.Wait();
        while (!transcript.Tail(0).Contains(text, StringComparison.Ordinal))
        {
            if (transcript.Ended || isOver(transcript.Length))
                throw Failure($"'{text}' did not come");
            Thread.Sleep(50);
        }
    }

    /// <summary>Waits for text in what comes behind a place of <see cref="Stream"/>, whether a line ends there or goes on.</summary>
    /// <returns>The place behind the text.</returns>
    public int ExpectAnywhere(string text, int from)
    {
        Func<long, bool> isOver = Endurance.Wait();
        for (; ; Thread.Sleep(200))
        {
            int place = Stream().IndexOf(text, from, StringComparison.Ordinal);
            if (place >= 0)
                return place + text.Length;
            if (transcript.Ended || isOver(transcript.Length))
                throw Failure($"'{text}' did not come");
        }
    }

    /// <summary>Types on the serial port.</summary>
    public abstract void Type(string keys);

    /// <summary>Ends the machine.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>When to give the machine up.</summary>
    protected abstract Endurance Endurance { get; }

    /// <summary>Ends the emulator, then the transcript.</summary>
    protected virtual void Dispose(bool disposing) => Transcript.Dispose();

    /// <summary>What the machine writes.</summary>
    protected Transcript Transcript => transcript;

    /// <summary>What did not come, with why it is not awaited any longer, the end of the transcript, and what the emulator itself says.</summary>
    protected UnmetExpectationException Failure(string what)
    {
        string own = OwnWords();
        string circumstances = transcript.Ended ? "; the machine is off" : Endurance.Verdict is { } verdict ? " " + verdict : "";
        string place = transcript.File is { } file ? $". The end of {file}" : ". The end of the transcript";
        return new UnmetExpectationException($"{what}{circumstances}{place}:\n{transcript.Tail(30)}{own}");
    }

    /// <summary>What the emulator says of its own end or of faults, for a failure; empty where that is in the transcript.</summary>
    protected virtual string OwnWords() => "";
}
