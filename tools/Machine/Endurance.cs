using System;
using System.Diagnostics;

namespace Serai.Emulators;

/// <summary>
/// When to give a machine up: it has used the processor time that it was given, or it has written nothing for minutes while something was awaited.
/// Neither comes sooner on a host that has little time for it. A machine that is given up stays so: one that hangs costs the limit once, not once a
/// fact.
/// </summary>
/// <param name="work">The processor time that the machine may use altogether.</param>
/// <param name="silence">How long, by the host's clock, it may write nothing.</param>
/// <param name="used">Tells the processor time used so far.</param>
/// <param name="now">Tells the host's clock.</param>
/// <param name="computes">Whether processor time used is a sign of life too, not only what is written.</param>
public sealed class Endurance(TimeSpan work, TimeSpan silence, Func<TimeSpan> used, Func<DateTime> now, bool computes = false)
{
    /// <summary>The limits for a process; what it has used at last is kept when it ends.</summary>
    public static Endurance Of(Process process, TimeSpan work) => new(work, Patience.Silence, UsedBy(process), () => DateTime.UtcNow);

    /// <summary>The same for a machine that computes for long without a word, and uses no processor when it has nothing to do.</summary>
    public static Endurance OfComputing(Process process, TimeSpan work)
        => new(work, Patience.Silence, UsedBy(process), () => DateTime.UtcNow, computes: true);

    /// <summary>The limit for what uses its processor even while it waits.</summary>
    public static Endurance OfSilence() => new(TimeSpan.MaxValue, Patience.Silence, () => TimeSpan.Zero, () => DateTime.UtcNow);

    /// <summary>Why the machine was given up; null as long as it is not.</summary>
    public string? Verdict { get; private set; }

    /// <summary>The processor time used so far.</summary>
    public TimeSpan Used => used();

    /// <summary>Begins to wait.</summary>
    /// <returns>Whether to give up, to be asked again and again with the number of bytes that the machine has written.</returns>
    public Func<long, bool> Wait()
    {
        DateTime lastSign = now();
        long known = 0;
        TimeSpan worked = TimeSpan.Zero;
        return written =>
        {
            bool computed = computes && used() >= worked + TimeSpan.FromSeconds(1);
            if (written > known || computed)
                (known, lastSign) = (written, now());
            if (computed)
                worked = used();
            return IsOver(lastSign);
        };
    }

    private static Func<TimeSpan> UsedBy(Process process)
    {
        TimeSpan last = TimeSpan.Zero;
        return () =>
        {
            try
            {
                return last = process.TotalProcessorTime;
            }
            catch (InvalidOperationException)
            {
                return last;
            }
        };
    }

    private bool IsOver(DateTime lastSign)
    {
        if (Verdict is null && used() > work)
            Verdict = $"in {work.TotalSeconds:F0} s of processor time";
        if (Verdict is null && now() - lastSign > silence)
            Verdict = $"and nothing else did for {silence.TotalMinutes:F0} minutes";
        return Verdict is not null;
    }
}
