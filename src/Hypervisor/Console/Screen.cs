using Serai.Hypervisor.Traps;
using Serai.Machine;

namespace Serai.Hypervisor.Console;

/// <summary>
/// When the machine's screen is brought up to date. What is written goes into memory first; the screen's own memory is a device, a microsecond a
/// word, and each line moves all of it. So it is shown between guests, as much as the share allows and however many lines have come meanwhile.
/// </summary>
public static class Screen
{
    /// <summary>Whether something has been written that is not shown yet.</summary>
    public static bool IsStale => TextScreen.IsStale;

    /// <summary>Shows rows until all are shown or the share is used up.</summary>
    public static void GoOn()
    {
        while (TextScreen.IsStale && !Preemption.IsDue)
            Preemption.Charge(Cost.DeviceAccess, TextScreen.ShowRow());
    }

    /// <summary>Shows all at once: nobody else runs, before there are guests or as the machine ends.</summary>
    public static void ShowAll()
    {
        while (TextScreen.IsStale)
            TextScreen.ShowRow();
    }
}
