using System;
using System.Linq;
using System.Text;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>Work is charged where it is done: what a loop has cost is seen in how often its call stops.</summary>
public sealed class ChargeTests
{
    private const int Pages = 6, WordsPerPage = 1024;

    private readonly TinyGuest guest;
    private int stops;

    public ChargeTests()
    {
        TestMachine.Start(mebibytes: 32);
        guest = new TinyGuest("guest");
        guest.Enter();
    }

    private static long Left => Preemption.Left;

    private long CallStopping(Hypercall number, ulong a, ulong b = 0, ulong c = 0, ulong d = 0)
    {
        stops = 0;
        TinyGuest.WhileStopped = () => stops++;
        long result = guest.Call(number, a, b, c, d);
        TinyGuest.WhileStopped = null;
        return result;
    }

    /// <summary>A batch of one call over and over, with records of eight bytes behind it.</summary>
    private long Batch(int count, Hypercall number, ulong command, Func<int, ulong> record)
    {
        ulong entries = TinyGuest.AddressOf(TinyGuest.RecordFrame), records = entries + Mfn.Size;
        for (int index = 0; index < count; index++)
        {
            ulong entry = entries + (ulong)index * 64, place = records + (ulong)index * 8;
            TinyGuest.Store(place, record(index));
            TinyGuest.Store(entry, (ulong)number);
            TinyGuest.Store(entry + 16, command);
            TinyGuest.Store(entry + 24, place);
        }
        return CallStopping(Hypercall.Multicall, entries, (ulong)count);
    }

    private long ResultOf(int index) => unchecked((long)Arena.Words(guest.Frames[TinyGuest.RecordFrame])[index * 8 + 1]);

    [Fact]
    public void EventsThatWaitForTheirWordsAreRaisedAPageInOneGo()
    {
        guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.InitControl, new EventInitControl { ControlFrame = guest.Frames[20].Value });
        uint last = 0;
        while (last < Pages * WordsPerPage - 1)
        {
            Preemption.Begin();
            Assert.Equal(Errno.None, EventChannels.BindIpi(ref guest.Domain, 0, out last));
        }
        for (uint port = 3; port <= last; port++)
            EventChannels.Raise(ref guest.Domain, port);
        // A page of events is the whole budget here: each waits for one, also the first, behind an entry that has taken a little.
        Preemption.Budget = (long)(Cost.Event * WordsPerPage / 1000);
        Assert.Equal(0, Batch(1 + Pages, Hypercall.EventChannelOp, (ulong)EventChannelCommand.ExpandArray,
            page => page == 0 ? ulong.MaxValue : guest.Frames[20 + page].Value));
        Assert.Equal(Pages, stops);
        Assert.Equal(-(long)Errno.Inval, ResultOf(0));
        Assert.All(Enumerable.Range(1, Pages), page => Assert.Equal(0, ResultOf(page)));
        for (uint port = 3; port <= last; port++)
            Assert.True(EventChannels.IsPending(ref guest.Domain, port));
    }

    [Fact]
    public void EachEntryOfABatchIsCharged()
    {
        Preemption.Budget = (long)(8 * Cost.BatchEntry / 1000);
        Assert.Equal(0, Batch(32, Hypercall.FpuTaskSwitch, 0, _ => 0));
        Assert.InRange(stops, 3, 5);
    }

    /// <summary>
    /// Frames that only entries hold are freed with these: 512 updates in each call of a batch held the lock for 1.5 million instructions, tables of
    /// such entries that were unpinned for more than one.
    /// </summary>
    [Fact]
    public void FramesThatGoWithTheirEntriesAreCharged()
    {
        const int entries = 64;
        Mfn table = guest.Frames[20];
        ulong requests = TinyGuest.AddressOf(TinyGuest.RecordFrame + 1);
        FillWithLastReferences(table, entries);
        for (int index = 0; index < entries; index++)
            TinyGuest.Store(requests + (ulong)index * 16, new MmuUpdateRequest { Pointer = table.Address + (ulong)index * 8 });
        ulong free = FrameAllocator.FreeCount;
        Preemption.Budget = 4;
        Assert.Equal(0, CallStopping(Hypercall.MmuUpdate, requests, entries, 0, DomainIds.Self));
        Assert.InRange(stops, 3, 6);
        Assert.Equal(free + entries, FrameAllocator.FreeCount);

        Assert.Equal(0, Extended(MmuExtendedCommand.UnpinTable, table));
        FillWithLastReferences(table, entries);
        Preemption.Budget = 100;
        Assert.Equal(0, Extended(MmuExtendedCommand.UnpinTable, table));
        Assert.InRange(Left, 0, 100_000 - entries * (long)(Cost.UnusualEntry + Cost.FrameFreed));
        Assert.Equal(free + entries, FrameAllocator.FreeCount);
    }

    private long Extended(MmuExtendedCommand command, Mfn frame)
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place, new MmuExtendedOperation { Command = command, Argument1 = frame.Value });
        return guest.Call(Hypercall.MmuExtendedOp, place, 1, 0, DomainIds.Self);
    }

    /// <summary>A pinned table of level 1 that alone holds the frames it names.</summary>
    private void FillWithLastReferences(Mfn table, int count)
    {
        Arena.Words(table).Clear();
        for (int index = 0; index < count; index++)
        {
            Assert.True(Allocations.TryGive(ref guest.Domain, 0, 64, out Mfn frame));
            Arena.Words(table)[index] = TinyGuest.Entry(frame, writable: false);
        }
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(20), TinyGuest.Entry(table, writable: false)));
        Assert.Equal(0, Extended(MmuExtendedCommand.PinL1Table, table));
        for (int index = 0; index < count; index++)
            Assert.True(Allocations.TryTakeBack(ref guest.Domain, PageTableEntry.FrameOf(Arena.Words(table)[index])));
    }

    /// <summary>A text of 14 bytes in a buffer of 1024: 64 of them in a batch held the lock for 1.9 million instructions.</summary>
    [Fact]
    public void TheZerosBehindATextAreCharged()
    {
        const ulong place = 0xffff_8800_0000_f000;
        const int calls = 32;
        ulong entries = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        Arena.Words(guest.Frames[15]).Fill(ulong.MaxValue);
        for (int index = 0; index < calls; index++)
        {
            TinyGuest.Store(entries + (ulong)index * 64, (ulong)Hypercall.XenVersion);
            TinyGuest.Store(entries + (ulong)index * 64 + 16, (ulong)VersionCommand.Capabilities);
            TinyGuest.Store(entries + (ulong)index * 64 + 24, place);
        }
        Preemption.Budget = (long)(8 * (Cost.BatchEntry + 16 * Cost.SmallRecord) / 1000);
        Assert.Equal(0, CallStopping(Hypercall.Multicall, entries, calls));
        Assert.InRange(stops, 3, 4);
        Assert.Equal("xen-3.0-x86_64", Encoding.ASCII.GetString(DirectMap.Bytes(guest.Frames[15].Address, 14)));
        Assert.Equal(-1, DirectMap.Bytes(guest.Frames[15].Address + 14, 1010).IndexOfAnyExcept((byte)0));
        Assert.Equal(ulong.MaxValue, Arena.Words(guest.Frames[15])[128]);
    }

    [Fact]
    public void AStepThatCannotStopBeginsWithAWholeShareOrEnough()
    {
        Preemption.Budget = 100;
        Preemption.Begin();
        Assert.True(Preemption.Allows(ulong.MaxValue / 2));
        Preemption.Charge(1);
        Assert.False(Preemption.Allows(100_000));
        Assert.True(Preemption.Allows(99_999));
        Preemption.Charge(10, 9_999);
        Assert.False(Preemption.IsDue);
        Preemption.Charge(9);
        Assert.True(Preemption.IsDue);
    }

    [Fact]
    public void ASearchBelowALimitLooksAtSoManyBlocksAndNoMore()
    {
        // Single free frames, every other one: a list as long as a guest can make it, none of it below the limit.
        Mfn[] frames = [.. Enumerable.Range(0, 2400).Select(_ => FrameAllocator.TryTake(0, out Mfn frame) ? frame : default)];
        foreach (Mfn frame in frames.Where(frame => frame.Value % 2 == 0))
            FrameAllocator.Free(frame, 0);
        Preemption.Budget = 1_000_000;
        Preemption.Begin();
        Assert.False(FrameAllocator.TryTake(0, 13, forDomain: true, out _));
        Assert.False(Preemption.Allows(1_000_000_000 - 1024 * Cost.FreeBlock + 1));
        Assert.True(Preemption.Allows(1_000_000_000 - 1300 * Cost.FreeBlock));
        // And none at all where the step that asks, such as a chunk of an exchange, has gone far over its budget.
        Preemption.Charge(1_000_000_000 + 100_000);
        long before = Left;
        Assert.False(FrameAllocator.TryTake(0, 13, forDomain: true, out _));
        Assert.InRange(before - Left, 0, 100 * (long)Cost.FreeList);
    }

    [Fact]
    public void TimersFireAsFarAsTheShareGoesAndTheOthersAfterwards()
    {
        TinyGuest[] sleepers = [.. Enumerable.Range(0, 5).Select(number => new TinyGuest($"sleeper{number}"))];
        foreach (TinyGuest sleeper in sleepers)
        {
            Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref sleeper.Domain, Virq.Timer, 0, out _));
            Timers.Set(ref sleeper.Vcpu, TimerKind.SingleShot, SystemTime.Now);
        }

        Preemption.Budget = (long)(Cost.Event + Cost.Wake) * 2 / 1000;
        foreach (uint left in (uint[])[3, 1, 0])
        {
            Preemption.Begin();
            TimerEvents.TakeInterrupt(ref TestMachine.Processor);
            Assert.Equal(left, Timers.CountOn(0));
            TimerEvents.TakeInterrupt(ref TestMachine.Processor);
        }
    }

    [Fact]
    public void ARingOfLineFeedsIsEmptiedInManyGoes()
    {
        ref ConsoleRing ring = ref DirectMap.At<ConsoleRing>(guest.Domain.Console.Frame.Address);
        for (int index = 0; index < 2048; index++)
            ring.Out[index] = (byte)'\n';
        ring.OutProducer = 2048;
        Serial.Clear();
        Serial.AccessesPerByte = 2;
        Preemption.Begin();
        HypervisorEnds.Send(ref guest.Domain, guest.Domain.Console.Port);
        Assert.InRange(ring.OutConsumer, 1u, 200u);
        Assert.True(GuestConsole.MayGoOn);
        uint before = ring.OutConsumer;
        HypervisorEnds.Send(ref guest.Domain, guest.Domain.Console.Port);
        Assert.Equal(before, ring.OutConsumer);
        int goes = 0;
        for (; GuestConsole.MayGoOn; goes++)
        {
            Preemption.Begin();
            GuestConsole.GoOn();
        }
        Assert.InRange(goes, 10, 40);
        Assert.Equal(2048, Encoding.Latin1.GetBytes(Serial.Output).Count(letter => letter == '\n'));
    }

    [Fact]
    public void LineFeedsOfTheInitialDomainAreShownInManyGoes()
    {
        var initial = new TinyGuest("initial", initial: true);
        initial.Enter();
        Serial.AccessesPerByte = 2;
        Arena.Words(initial.Frames[12]).Fill(0x0a0a_0a0a_0a0a_0a0a);
        TinyGuest.WhileStopped = () =>
        {
            stops++;
            Assert.True(Left > -100_000, $"a part was {-Left} over its budget");
            Serial.Transmit();
        };
        long result = initial.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, Mfn.Size, TinyGuest.AddressOf(12));
        TinyGuest.WhileStopped = null;
        Assert.Equal(0, result);
        Assert.True(stops > 5);
    }

    [Fact]
    public void TheScreenIsShownByTheWordsThatDifferAndAsFarAsTheShareGoes()
    {
        const ulong screen = 0xb8000;
        DirectMap.Bytes(new(screen), 4000).Clear();
        TextScreen.Open();
        for (int line = 0; line < 30; line++)
        {
            foreach (byte letter in Encoding.ASCII.GetBytes($"\r\nline {line} has some words"))
                TextScreen.Write(letter);
        }
        Assert.True(Screen.IsStale);
        Preemption.Budget = 50;
        Preemption.Begin();
        ScreenTurn.GoOn(nobodyRuns: true);
        Assert.True(Screen.IsStale && Preemption.IsDue);
        Screen.ShowAll();
        string[] rows = [.. Enumerable.Range(0, 25).Select(row => string.Concat(Enumerable.Range(0, 80)
            .Select(column => (char)DirectMap.Bytes(new(screen), 4000)[(row * 80 + column) * 2])).TrimEnd('\0', ' '))];
        Assert.Equal(Enumerable.Range(5, 25).Select(line => $"line {line} has some words"), rows);
        TextScreen.Write((byte)'!');
        Assert.Equal(1u, TextScreen.ShowRow());
        Assert.False(Screen.IsStale);
        TextScreen.Close();
    }
}
