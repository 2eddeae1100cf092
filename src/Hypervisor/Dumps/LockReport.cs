using System;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Dumps;

/// <summary>
/// The debug key of the lock: how long it was held at most, by what for, and how often, for how long in all and after which waits; then it is
/// measured afresh.
/// </summary>
public static class LockReport
{
    /// <summary>
    /// One line for each use that there was; calls with commands have one for the longest time of each of these, behind a point. Sums follow the
    /// longest, then the first processor's last stretches (bench/Harness/Experiments/LockTrace reads them).
    /// </summary>
    public static void Write()
    {
        if (!LockWatch.IsOn)
        {
            Log.Always().Text("this image does not watch its lock; one that does: ./run build --checked"u8).End();
            return;
        }
        for (int use = 0; use < (int)LockUse.Uses; use++)
        {
            for (uint command = 0; command < LockWatch.Commands; command++)
                Write((LockUse)use, command, LockWatch.Longest((LockUse)use, command));
        }
        for (int use = 0; use < (int)LockUse.Uses; use++)
            WriteSum((LockUse)use);
        WriteStretches();
        Log.Always().Text("the lock was watched for "u8).Number(SystemTime.NanosecondsOf(LockWatch.WatchedFor)).Text(" ns"u8).End();
        LockWatch.Forget();
        Log.Always().Text("the lock is measured afresh"u8).End();
    }

    private static void Write(LockUse use, uint command, ulong ticks)
    {
        if (ticks == 0)
            return;
        Log line = Name(Log.Always().Text("the lock was held at most "u8).Number(SystemTime.NanosecondsOf(ticks)).Text(" ns for "u8), use);
        if (use < LockUse.Exception)
            line.Text("."u8).Number(command);
        line.End();
    }

    private static void WriteSum(LockUse use)
    {
        ulong holds = LockWatch.Sum(use, out ulong held, out ulong waited);
        if (holds == 0)
            return;
        Log line = Log.Always().Text("the lock was held "u8).Number(holds).Text(" times, "u8).Number(SystemTime.NanosecondsOf(held))
            .Text(" ns in all after "u8).Number(SystemTime.NanosecondsOf(waited)).Text(" ns of waiting, for "u8);
        Name(line, use).End();
    }

    /// <summary>What the first processor did last: without the lock, and then with it.</summary>
    private static void WriteStretches()
    {
        const int inALine = 8;
        int place = 0;
        while (LockWatch.TryStretch(place, out uint gap, out uint length))
        {
            Log line = Log.Always().Text("stretches of the lock:"u8);
            do
            {
                line.Text(" "u8).Number(SystemTime.NanosecondsOf(gap)).Text("+"u8).Number(SystemTime.NanosecondsOf(length));
                place++;
            }
            while (place % inALine != 0 && LockWatch.TryStretch(place, out gap, out length));
            line.End();
        }
    }

    private static Log Name(Log line, LockUse use)
    {
        if (use < LockUse.Exception)
            return line.Text("hypercall "u8).Number((ulong)use);
        if (use < LockUse.SystemCall)
            return line.Text("exception "u8).Number((ulong)(use - LockUse.Exception));
        return line.Text(TextOf(use));
    }

    private static ReadOnlySpan<byte> TextOf(LockUse use) => use switch
    {
        LockUse.SystemCall => "a system call"u8,
        LockUse.Interrupt => "an interrupt"u8,
        LockUse.Teardown => "a teardown"u8,
        LockUse.Background => "the background"u8,
        LockUse.Console => "the terminal"u8,
        LockUse.Scrub => "clearing frames"u8,
        LockUse.Report => "a debug key"u8,
        _ => "work between guests"u8,
    };
}
