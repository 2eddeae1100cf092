using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;
using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Console;

/// <summary>
/// When the machine's screen is brought up to date. What is written goes into memory first; the screen's own memory is a device, a microsecond a
/// word, and each line moves all of it. So it is shown between guests, as much as the share allows and however many lines have come meanwhile; while
/// somebody runs, on whichever processor, not more often than an eye follows, since he may want the lock; and at the cost of the domain that wrote
/// last.
/// </summary>
public static class Screen
{
    /// <summary>How long, in nanoseconds, what is shown stands at least while guests run.</summary>
    private const ulong Period = 40_000_000;

    private const int Nobody = -1;

    private static int writer = Nobody;
    private static ulong again;
    private static bool isShowing;

    /// <summary>Whether something has been written that is not shown yet.</summary>
    public static bool IsStale => TextScreen.IsStale;

    /// <summary>The domain, or -1 for none, whose text is being written: to show it is done for it.</summary>
    public static void NoteWriter(int source) => writer = source;

    /// <summary>Shows rows until all are shown or the share is used up; begins anew only where it is time, or nobody runs who would wait.</summary>
    public static void GoOn(bool nobodyRuns)
    {
        if (!TextScreen.IsStale)
            return;
        ulong now = SystemTime.Now;
        if (!isShowing && !nobodyRuns && now < again)
            return;
        if (!isShowing)
            again = now + Period;
        while (TextScreen.IsStale && !Preemption.IsDue)
            Preemption.Charge(Cost.DeviceAccess, TextScreen.ShowRow());
        isShowing = TextScreen.IsStale;
        if (writer >= 0 && DomainTable.TryFind((ushort)writer, out Link<Domain> domain))
            Account.Note(ref domain.Value, now);
    }

    /// <summary>Shows all at once: nobody else runs, before there are guests or as the machine ends.</summary>
    public static void ShowAll()
    {
        while (TextScreen.IsStale)
            TextScreen.ShowRow();
    }
}
