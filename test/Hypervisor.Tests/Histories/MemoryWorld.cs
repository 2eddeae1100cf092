using System;
using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Events;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>A machine with an initial and three other small domains, in which the steps of a history are done one after another.</summary>
internal sealed partial class MemoryWorld
{
    private const int FramesEach = 48;
    private const int CodePage = 6;
    private const int FirstArgument = 4;
    private const int MostKept = 16;

    /// <summary>Virtual CPUs of each domain beyond those that run: nobody has given them a context. And log2 of the frames of a step.</summary>
    private const uint Later = 2;
    private const int SmallOrder = 2;

    private readonly List<TinyGuest> guests = [];
    private readonly Dictionary<string, int> successes = [];
    private readonly Queue<Mfn> kept = new();
    private readonly Table<ulong> recount;
    private readonly ulong freeAtFirst;

    private readonly bool interrupts, deaths;
    private readonly List<(int Guest, Hypercall Number, Registers Registers)> waiting = [];

    private TinyGuest guest;
    private int self;
    private Random chance = new(0);

    /// <summary>
    /// A new machine; the hypervisor's own recount has its memory. With `interrupts`, long calls stop wherever they can, other steps come in between,
    /// and some calls are never made again. With `deaths`, domains die there too. With `split`, processors load copies of guests' tables.
    /// </summary>
    public MemoryWorld(bool interrupts = false, int processors = 1, uint vcpus = 2, bool deaths = false, bool split = false)
    {
        (this.interrupts, this.deaths) = (interrupts, deaths);
        TestMachine.Start(mebibytes: processors > 1 ? 10 : 8, split ? "xpti=on" : "");
        if (interrupts)
            LargePage.Order = SmallOrder;
        if (processors > 1)
            TestMachine.AddProcessors(processors - 1);
        // Counters that were set by each other are some ticks apart.
        for (int number = 1; number < processors; number++)
            TimeSource.Behind[number] = (ulong)number * 37;
        Assert.True(FrameAllocator.TryTake(3, out Mfn memory));
        recount = new Table<ulong>(memory.Address, FrameTable.All.Length);
        freeAtFirst = FrameAllocator.FreeCount;
        uint later = processors > 1 ? Later : 0;
        guests.Add(new TinyGuest("initial", FramesEach, vcpus: 1 + later, initial: true, spare: 1600));
        foreach (string name in (string[])["one", "two", "three"])
            guests.Add(new TinyGuest(name, FramesEach, vcpus: vcpus + later));
        guest = guests[1];
        foreach (TinyGuest one in guests)
        {
            one.Enter();
            one.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables);
        }

        if (processors > 1)
            Spread(later);
    }

    /// <summary>How often what was done, by name: a history in which all is refused shows nothing.</summary>
    public IReadOnlyDictionary<string, int> Successes => successes;

    /// <summary>Domains that live.</summary>
    public int Alive => guests.FindAll(one => one.IsAlive).Count;

    private void Note(string what, bool done)
    {
        if (done)
            successes[what] = successes.GetValueOrDefault(what) + 1;
    }

    private void Call(string what, Hypercall number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0)
        => Note(what, Make(number, a, b, c, d) >= 0);

    /// <summary>Makes a call, as a guest does that goes on with what it has begun, or does something else first.</summary>
    private long Make(Hypercall number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0)
    {
        if (!interrupts)
            return guest.Call(number, a, b, c, d);
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rdi, registers.Rsi, registers.Rdx, registers.R10) = (a, b, c, d);
        return GoOn(number);
    }

    private long GoOn(Hypercall number)
    {
        const int mostWaiting = 12, most = 100_000;
        ref Registers registers = ref guest.Vcpu.Registers;
        ulong behind = registers.Rip;
        registers.Vector = 0x100;
        for (int turn = 0; turn < most; turn++)
        {
            registers.Rax = (ulong)number;
            DrawShare();
            SystemCall.Perform(ref guest.Vcpu);
            bool ended = registers.Rip == behind;
            registers.Rip = behind;
            if (ended)
                return (long)registers.Rax;
            Note("interrupted", true);
            string? part = NextPart(number);
            Note(part ?? "", part is not null);
            if (Processors.All.Length > 1)
                OthersMakeCalls(part);
            if (chance.Next(part is null ? 3 : 12) != 0)
                continue;
            if (waiting.Count == mostWaiting)
                waiting.RemoveAt(chance.Next(mostWaiting));
            waiting.Add((self, number, registers));
            return -(long)Errno.Restart;
        }
        throw new InvalidOperationException($"{number} never ends");
    }

    /// <summary>The largest share is enough for a page of descriptors behind the record of a context, and for little else.</summary>
    private void DrawShare() => Preemption.Budget = !interrupts ? 1000 : chance.Next(5) switch { 0 => 3, 1 => 6, 2 => 20, 3 => 52, _ => 1 };

    /// <summary>Goes on with a call that was left, if the guest has one.</summary>
    private void Resume(uint a)
    {
        int index = waiting.FindIndex((int)(a % (uint)(waiting.Count + 1)), one => one.Guest == self);
        if (index < 0)
            return;
        (_, Hypercall number, Registers left) = waiting[index];
        waiting.RemoveAt(index);
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rdi, registers.Rsi, registers.Rdx, registers.R10) = (left.Rdi, left.Rsi, left.Rdx, left.R10);
        Note("resumed", GoOn(number) >= 0);
    }

    /// <summary>Everything that is wrong now.</summary>
    public IReadOnlyList<string> Look() => [.. FrameOracle.Look(recount), .. EventOracle.Look()];

    /// <summary>Does a step; what it answers does not matter here, but nothing may throw.</summary>
    public void Do(MemoryStep step)
    {
        if (Processors.All.Length > 1)
        {
            DoOfMany(step);
            return;
        }

        self = step.Guest % guests.Count;
        guest = guests[self];
        chance = new Random(unchecked((int)(step.A * 31 + step.B * 17 + step.C)));
        DrawShare();
        if (step.Deed == Deed.Reap)
            Teardown.Step(ref TestMachine.Processor);
        if (step.Deed == Deed.Reap || !guest.IsAlive)
            return;
        if (!LoadedVcpus.All[0].Same(ref guest.Vcpu))
            guest.Enter();
        Perform(step);
    }

    private void Perform(MemoryStep step)
    {
        (uint a, uint b, uint c) = (step.A, step.B, step.C);
        switch (step.Deed)
        {
            case Deed.UpdateEntry: Update(Request(a, b, c), 1, Domains(c)); break;
            case Deed.UpdateBatch: UpdateMany(a, b, c); break;
            case Deed.UpdateMapping: UpdateMapping(a, b, c); break;
            case Deed.Extended: Extended(Operation(a, b, c), Picks.Domain(guests, c)); break;
            case Deed.MakeTable: MakeTable(a, b, c); break;
            case Deed.MakeTree: MakeTree(a, b, c); break;
            case Deed.SetGdt: SetGdt(a, b); break;
            case Deed.UpdateDescriptor: UpdateDescriptor(a, b); break;
            case Deed.Decrease: Reserve(MemoryCommand.DecreaseReservation, a, b, c); break;
            case Deed.Increase: Reserve(MemoryCommand.IncreaseReservation, a, b, c); break;
            case Deed.Populate: Reserve(MemoryCommand.PopulatePhysmap, a, b, c); break;
            case Deed.Exchange: Exchange(a, b, c); break;
            case Deed.ExchangeBlocks: ExchangeBlocks(a, b, c); break;
            case Deed.Extents: Extents(a, b, c); break;
            case Deed.GiveContext: GiveContext(a, b, c); break;
            case Deed.EmulatedWrite: WriteThroughMapping(a, b, c); break;
            case Deed.RegisterInfo: RegisterInfo(a, b); break;
            case Deed.Initialise: Initialise(a, b); break;
            case Deed.SetLocal: Extended(new MmuExtendedOperation
                { Command = MmuExtendedCommand.SetLdt, Argument1 = Picks.Address(a), Argument2 = b % 9000 }, DomainIds.Self); break;
            case Deed.UseLocal: UseLocal(a); break;
            case Deed.Touch: Touch(); break;
            case Deed.Scribble: Scribble(a, b, c); break;
            case Deed.OpenPort: OpenPort(); break;
            case Deed.SetUpGrants: SetUpGrants(a); break;
            case Deed.Multicall: Multicall(a, b, c); break;
            case Deed.LetGo: LetGo(a); break;
            case Deed.Resume: Resume(a); break;
            case Deed.Sleep: Sleep(a, b); break;
            case Deed.OtherVcpu: OtherVcpu(a, b); break;
            case Deed.Port: Port(a, b, c); break;
            case Deed.PortOfOthers: PortOfOthers(a, b, c); break;
            case Deed.Offer: Offer(a, b, c); break;
            case Deed.MapGrant: MapGrant(a, b, c); break;
            case Deed.UnmapGrant: UnmapGrant(a, b, c); break;
            case Deed.CopyGrant: CopyGrant(a, b, c); break;
            case Deed.TransferFrame: TransferFrame(a, b, c); break;
            case Deed.SwapGrants: SwapGrants(a, b); break;
            case Deed.CleanTable: CleanTable(a, b, c); break;
            case Deed.Fifo: Fifo(a, b, c); break;
            case Deed.Scrub: Scrub(); break;
            case Deed.Crash: guest.Domain.Rights.IsInitial = false; Crash.Domain(ref guest.Vcpu, "the history says so"u8, 0); break;
        }
    }

    /// <summary>What is being cleared stays so until the next time, or until somebody takes it, who waits.</summary>
    private void Scrub()
    {
        Scrubber.Clear();
        SimulatedProcessor.WhilePausing = Scrubber.Clear;
        Note("scrub", Scrubber.TryBegin());
    }

    /// <summary>An address that the guest can write a record to, or an edge where it has none left.</summary>
    private ulong Place(ReadOnlySpan<ulong> words)
    {
        // Each virtual CPU begins elsewhere: what it asks for is not written over by what another one asks for meanwhile.
        const int apart = 8, pages = FramesEach - FirstArgument;
        for (int turn = 0; turn < pages; turn++)
        {
            int page = FirstArgument + (turn + (int)guest.Active * apart) % pages;
            bool all = true;
            for (int index = 0; index < words.Length; index++)
                all = all && TinyGuest.TryStore(TinyGuest.AddressOf(page) + (ulong)index * 8, words[index]);
            if (all)
                return TinyGuest.AddressOf(page);
        }
        return 0x1000;
    }

    /// <summary>With several processors not the shared pages: only what the hypervisor writes there tells who was woken (EventOracle).</summary>
    private Mfn Frame(uint number)
    {
        Mfn frame = IsMeddling && number % 2 == 0 ? inParts[(int)(number / 2) % inParts.Count] : Picks.Frame(guests, self, number);
        bool isShared = Processors.All.Length > 1 && guests.Exists(one => one.IsAlive && one.Domain.SharedInfoFrame == frame);
        return isShared ? guest.Frames[FirstArgument] : frame;
    }

    private ulong Domains(uint number) => Picks.Domain(guests, number) | (number % 40 == 0 ? (ulong)(number / 40 % 5 + 1) << 16 : 0);

    /// <summary>Lets all domains die and their frames come back.</summary>
    public void EndAll()
    {
        Moments.Pass = null;
        while (kept.TryDequeue(out Mfn frame))
            FrameAllocator.Free(frame, 0);
        foreach (TinyGuest one in guests)
        {
            if (!one.IsAlive)
                continue;
            if (Processors.All.Length == 1)
                one.Enter();
            one.Domain.Rights.IsInitial = false;
            DomainLife.ShutDown(ref one.Domain, ShutdownReason.Crash);
        }
        for (int turn = 0; turn < 5000 && DomainTable.TryFindFrom(0, out _); turn++)
        {
            if (Processors.All.Length > 1)
                On((uint)turn % (uint)Processors.All.Length, Settle);
            Preemption.Begin();
            GuestConsole.GoOn();
            Preemption.Begin();
            Teardown.Step(ref TestMachine.Processor);
        }

        Assert.False(DomainTable.TryFindFrom(0, out Link<Domain> left), $"a domain does not go: {Describe(left)}");
        Assert.Equal(freeAtFirst, FrameAllocator.FreeCount);
    }

    private static string Describe(Link<Domain> left)
    {
        if (left.IsNull)
            return "";
        ref Frame frame = ref FrameTable.All[left.Value.Memory.FirstFrame];
        return $"{left.Value.Id}, phase {left.Value.Teardown.Phase}, {left.Value.Memory.PageCount} frames, "
            + $"the first is {left.Value.Memory.FirstFrame:x}: "
            + $"{frame.Type} {frame.Count}/{frame.TypeCount}";
    }
}
