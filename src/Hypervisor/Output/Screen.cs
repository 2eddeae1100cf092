using Serai.Hypervisor.Ground;
using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Output;

/// <summary>
/// When the machine's screen is brought up to date. What is written goes into memory first; the screen's own memory is a device, a microsecond a
/// word, and each line moves all of it. So it is shown between guests, as much as the budget allows and however many lines have come meanwhile; while
/// somebody runs, on whichever processor, not more often than an eye follows, since he may want the lock; and at the cost of the domain that wrote
/// last.
/// </summary>
public static class Screen
{
    /// <summary>How long, in nanoseconds, what is shown stands at least while guests run.</summary>
    private const ulong Period = 40_000_000;

    internal const int Nobody = -1;

    private static ref ulong Again => ref OutputState.Now.ScreenAgain;
    private static ref bool IsShowing => ref OutputState.Now.ScreenIsShowing;

    /// <summary>Whether something has been written that is not shown yet.</summary>
    public static bool IsStale => TextScreen.IsStale;

    /// <summary>The domain, or -1 for none, whose text was written last: to show it is done for it.</summary>
    public static int Writer => OutputState.Now.ScreenWriter;

    /// <summary>Notes whose text is being written.</summary>
    public static void NoteWriter(int source) => OutputState.Now.ScreenWriter = source;

    /// <summary>
    /// Shows rows until all are shown or the budget is used up; begins anew only where it is time, or nobody runs who would wait. False where nothing
    /// was shown.
    /// </summary>
    public static bool TryGoOn(bool nobodyRuns, ulong now)
    {
        if (!TextScreen.IsStale)
            return false;
        if (!IsShowing && !nobodyRuns && now < Again)
            return false;
        if (!IsShowing)
            Again = now + Period;
        while (TextScreen.IsStale && !Preemption.IsDue)
            Preemption.Charge(Cost.DeviceAccess, TextScreen.ShowRow());
        IsShowing = TextScreen.IsStale;
        return true;
    }

    /// <summary>Shows all at once: nobody else runs, before there are guests or as the machine ends.</summary>
    public static void ShowAll()
    {
        while (TextScreen.IsStale)
            TextScreen.ShowRow();
    }
}
