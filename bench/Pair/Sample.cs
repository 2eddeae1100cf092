using System;

using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>
/// A sample of a row: between the marks for the plugin, and with the ticks of the time-stamp counter for who has no plugin. Where the machine's
/// clock counts instructions these are all that were executed, the guests' among them.
/// </summary>
internal struct Sample
{
    private const ulong Pause = 50_000_000;

    private ulong begun;

    internal static Sample Begin(int row)
    {
        Sample sample;
        sample.begun = Clock.TimeStamp;
        Assembly.MarkStart(row);
        return sample;
    }

    /// <summary>Ends it after 2 to that power operations.</summary>
    internal readonly void Finish(int operations, ReadOnlySpan<byte> name)
    {
        Assembly.MarkStop(operations);
        Tell(name, (Clock.TimeStamp - begun) >> operations);
    }

    /// <summary>Says a row's ticks, and waits until that is on its way: on Xen another domain comes and fetches it.</summary>
    internal static void Tell(ReadOnlySpan<byte> name, ulong ticks)
    {
        Console.Write("ticks "u8);
        Console.Write(name);
        Console.Write(" "u8);
        Console.Write((long)ticks);
        Console.Write("\n"u8);
        if (!Guest.IsInitial)
            Alarm.Sleep(Pause);
    }
}
