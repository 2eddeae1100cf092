using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Pairs;

/// <summary>
/// Two virtual CPUs of a guest pass the time to and fro. Each reads it by its own record after it has seen what the other read before: a time that is
/// less has run backwards, and files made later would look older. That must hold wherever the two run, and after one went down and came up again.
/// </summary>
internal static unsafe class TwoClocks
{
    private const uint Other = 1;
    private const ulong Turn = 300_000_000, Enough = 10;
    private static ulong first, second, backwards, secondTurns;
    private static bool stop;

    internal static void Run()
    {
        Start();
        for (int turn = 0; turn < 3; turn++)
        {
            ulong turns = 0, before = Volatile.Read(ref secondTurns);
            // A busy host may keep the other from its processor for all of a turn.
            for (ulong end = Clock.Now + Turn; Clock.Now < end || Volatile.Read(ref secondTurns) - before <= Enough; turns++)
            {
                Look(ref Guest.VcpuInfo.Time, ref second, ref first);
                if (turns % 64 == 0)
                    Hypercalls.Yield();
            }

            Volatile.Write(ref stop, true);
            WaitUntilDown();
            CheckStates();
            Volatile.Write(ref stop, false);
            if (turn < 2)
                Verdict.ExpectDone(VirtualProcessors.Up(Other), "up again"u8);
        }

        Verdict.ExpectResult((long)Volatile.Read(ref backwards), 0, "how often time ran backwards"u8);
    }

    // What must not be taken for a context is offered first: afterwards there is no second chance.
    private static void Start()
    {
        ulong page = VirtualProcessors.MakeContext((ulong)(delegate*<void>)&Second);
        ref VcpuGuestContext context = ref *(VcpuGuestContext*)page;
        Verdict.ExpectError(VirtualProcessors.Up(Other), Errno.Inval, "up without a context"u8);
        context.LdtBase = 8;
        Verdict.ExpectError(VirtualProcessors.Initialise(Other, page), Errno.Inval, "a context with a crooked LDT"u8);
        context.LdtBase = 0;
        context.LdtEntries = 8193;
        Verdict.ExpectError(VirtualProcessors.Initialise(Other, page), Errno.Inval, "a context with an LDT that is too long"u8);
        context.LdtEntries = 0;
        context.ControlRegisters.UserPageTable = Frames.Of(page) * Frames.PageBytes;
        Verdict.ExpectError(VirtualProcessors.Initialise(Other, page), Errno.Inval, "a context with a page for a table"u8);
        context.ControlRegisters.UserPageTable = 0;
        Verdict.ExpectDone(VirtualProcessors.Initialise(Other, page), "initialise"u8);
        Verdict.ExpectError(VirtualProcessors.Initialise(Other, page), Errno.Exist, "initialise again"u8);
        Verdict.ExpectResult(VirtualProcessors.IsUp(Other), 0, "is_up before it is"u8);
        Verdict.ExpectDone(VirtualProcessors.Up(Other), "up"u8);
        Verdict.ExpectResult(VirtualProcessors.IsUp(Other), 1, "is_up"u8);
    }

    private static void WaitUntilDown()
    {
        while (VirtualProcessors.IsUp(Other) != 0)
            Hypercalls.Yield();
    }

    private static void Second()
    {
        while (true)
        {
            while (!Volatile.Read(ref stop))
            {
                Look(ref Guest.SharedInfo.VcpuInfo[(int)Other].Time, ref first, ref second);
                Volatile.Write(ref secondTurns, secondTurns + 1);
                if (secondTurns % 64 == 0)
                    Hypercalls.Yield();
            }

            VirtualProcessors.Down(Other);
        }
    }

    private static void Look(ref VcpuTimeInfo record, ref ulong others, ref ulong own)
    {
        ulong seen = Volatile.Read(ref others);
        ulong now = At(ref record, Clock.TimeStamp);
        if (now < seen || now < own)
            Interlocked.Increment(ref backwards);
        Volatile.Write(ref own, now);
    }

    private static ulong At(ref VcpuTimeInfo time, ulong counter)
    {
        ulong delta = counter - time.TscTimestamp;
        delta = time.TscShift >= 0 ? delta << time.TscShift : delta >> -time.TscShift;
        return time.SystemTime + ((delta >> 32) * time.TscToSystemMultiplier) + ((delta & 0xffff_ffff) * time.TscToSystemMultiplier >> 32);
    }

    // While it is down its time is counted as offline, and what has been counted does not go back.
    private static void CheckStates()
    {
        VcpuRunstateInfo one = default, other = default;
        Verdict.ExpectDone(VirtualProcessors.Call(VcpuCommand.GetRunstateInfo, Other, Hypercalls.AddressOf(in one)), "get_runstate_info"u8);
        for (ulong end = Clock.Now + 3_000_000; Clock.Now < end;)
            Hypercalls.Yield();
        Verdict.ExpectDone(VirtualProcessors.Call(VcpuCommand.GetRunstateInfo, Other, Hypercalls.AddressOf(in other)), "get_runstate_info"u8);
        Verdict.Expect(one.State == Runstate.Offline && other.State == Runstate.Offline, "a virtual CPU that is down is not offline"u8);
        Verdict.Expect(other.TimeOffline >= one.TimeOffline + 3_000_000, "its time is not counted as offline"u8);
        Verdict.Expect(other.TimeRunning == one.TimeRunning && one.TimeRunning != 0, "it ran while it was down, or never"u8);
    }
}
