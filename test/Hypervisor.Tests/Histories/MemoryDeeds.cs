using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Hypervisor.Tests.Histories;

/// <content>What the deeds do.</content>
internal sealed partial class MemoryWorld
{
    private MmuUpdateRequest Request(uint a, uint b, uint c)
    {
        ulong command = ((c >> 8) % 16) switch { 0 => 1, 1 => 3, < 6 => 2, _ => 0ul };
        return new MmuUpdateRequest
        {
            Pointer = unchecked(Frame(a).Address + (b >> 3) % 512 * 8) | command,
            Value = unchecked(Frame(b).Address) | Picks.Flags(c),
        };
    }

    private static ulong[] Words<T>(params T[] records) where T : unmanaged => MemoryMarshal.Cast<T, ulong>(records).ToArray();

    private static string TypeOf(MmuUpdateRequest request)
    {
        Mfn table = Mfn.Of(new(request.Pointer));
        return FrameTable.Exists(table) && FrameTable.Of(table).TypeCount != 0 ? $"{FrameTable.Of(table).Type}" : "nothing";
    }

    private void Update(MmuUpdateRequest request, ulong count, ulong domains)
        => Call($"update of {TypeOf(request)}", Hypercall.MmuUpdate, Place(Words(request)), count, 0, domains);

    /// <summary>Several entries of one table in one call.</summary>
    private void UpdateMany(uint a, uint b, uint c)
    {
        var requests = new MmuUpdateRequest[1 + c % 7];
        for (uint index = 0; index < requests.Length; index++)
        {
            requests[index] = Request(a, unchecked(b + index * 2654435761), c);
            requests[index].Pointer = unchecked(requests[index].Pointer + index * 8);
        }
        ulong place = Place(Words(requests));
        Call("batch", Hypercall.MmuUpdate, place, (ulong)requests.Length, c % 3 == 0 ? place + 2048 : 0, Domains(c >> 4));
    }

    private void UpdateMapping(uint a, uint b, uint c)
    {
        ulong entry = unchecked(Frame(b).Address) | Picks.Flags(c), flags = ((c >> 8) % 8) switch { 0 => 1, 1 => 2, 2 => 6, 3 => 0x5001, _ => 0ul };
        if (c % 13 == 0)
            Call("foreign mapping", Hypercall.UpdateVaMappingOtherDomain, Picks.Address(a), entry, flags, Picks.Domain(guests, b));
        else
            Call("mapping", Hypercall.UpdateVaMapping, Picks.Address(a), entry, flags);
    }

    private MmuExtendedOperation Operation(uint a, uint b, uint c)
    {
        MmuExtendedCommand[] usual =
        [
            MmuExtendedCommand.PinL1Table, MmuExtendedCommand.PinL2Table, MmuExtendedCommand.PinL3Table, MmuExtendedCommand.PinL4Table,
            MmuExtendedCommand.UnpinTable, MmuExtendedCommand.UnpinTable, MmuExtendedCommand.NewBasePointer, MmuExtendedCommand.NewUserBasePointer,
            MmuExtendedCommand.ClearPage, MmuExtendedCommand.CopyPage, MmuExtendedCommand.InvalidatePageLocal, (MmuExtendedCommand)(b % 25),
        ];
        return new MmuExtendedOperation { Command = usual[c % usual.Length], Argument1 = Frame(a).Value, Argument2 = Frame(b).Value };
    }

    private void Extended(MmuExtendedOperation operation, ushort domain)
        => Call($"{operation.Command}", Hypercall.MmuExtendedOp, Place(Words(operation)), 1, 0, domain);

    /// <summary>As a kernel makes a table: fill a page, take away its write mappings, pin it, perhaps link it.</summary>
    private void MakeTable(uint a, uint b, uint c)
    {
        int page = (int)(8 + a % (FramesEach - 8));
        uint level = 1 + c % 4;
        Scribble((uint)page << 8, b, c | 1u << 31);
        Mfn frame = guest.Frames[page];
        Call("mapping", Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), TinyGuest.Entry(frame, writable: false) & (b % 3 == 0 ? 0 : ~0ul));
        if (c % 5 != 0)
            Extended(new MmuExtendedOperation { Command = (MmuExtendedCommand)(level - 1), Argument1 = frame.Value }, DomainIds.Self);
        if (level < 4 && c % 3 != 0)
        {
            ulong slot = guest.Frames[(int)(3 - level)].Address + (b >> 8) % 512 * 8;
            Update(new MmuUpdateRequest { Pointer = slot, Value = TinyGuest.Entry(frame, writable: true) }, 1, DomainIds.Self);
        }
    }

    /// <summary>
    /// A tree that is validated as a whole when its top is pinned: two tables of each lower level, each named twice, now and then with an entry at
    /// its end that is refused.
    /// </summary>
    private void MakeTree(uint a, uint b, uint c)
    {
        const int levels = 4;
        int first = (int)(8 + a % (FramesEach - 12 - 2 * levels)), top = (int)(2 + c % 3);
        for (int level = 1; level <= top; level++)
        {
            for (int twin = 0; twin < (level == top ? 1 : 2); twin++)
            {
                int page = first + 2 * level + twin, below = first + 2 * (level - 1);
                Make(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), TinyGuest.Entry(guest.Frames[page], writable: true));
                for (uint index = 0; index < 3; index++)
                {
                    Mfn named = level == 1 ? Frame(unchecked(b + index)) : guest.Frames[below + (int)index % 2];
                    TinyGuest.TryStore(TinyGuest.AddressOf(page) + (b + 100 * index) % 512 * 8, TinyGuest.Entry(named, writable: level > 1));
                }
                if (unchecked(b + (uint)page) % 11 == 0)
                    TinyGuest.TryStore(TinyGuest.AddressOf(page) + 511 * 8, unchecked(Frame(c).Address) | Picks.Flags(c));
                Make(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), TinyGuest.Entry(guest.Frames[page], writable: false));
            }
        }
        Mfn root = guest.Frames[first + 2 * top];
        Extended(new MmuExtendedOperation { Command = (MmuExtendedCommand)(top - 1), Argument1 = root.Value }, DomainIds.Self);
        Note("tree", FrameTable.Of(root).Has(Serai.Hypervisor.Frames.Frame.Pinned));
        Note("partly", FrameTable.Of(root).Has(Serai.Hypervisor.Frames.Frame.Partly));
        if (c % 7 == 0)
            Update(new MmuUpdateRequest { Pointer = root.Address + b % 512 * 8, Value = 0 }, 1, DomainIds.Self);
        if (c % 2 == 0)
            Extended(new MmuExtendedOperation { Command = MmuExtendedCommand.UnpinTable, Argument1 = root.Value }, DomainIds.Self);
    }

    /// <summary>Fills words of a page, as far as it can be written, with entries of the guest's choice; stale translations count.</summary>
    private void Scribble(uint a, uint b, uint c)
    {
        ulong address = (c >> 31) != 0 ? TinyGuest.AddressOf((int)(a >> 8)) : Picks.Address(a);
        for (uint index = 0; index < 1 + b % 6; index++)
        {
            uint pick = unchecked(b + index * 2654435761), flags = unchecked(c + index * 7);
            ulong value = (flags & 16) != 0 ? Picks.Descriptor(pick) : unchecked(Frame(pick).Address) | Picks.Flags(flags);
            TinyGuest.TryStore(unchecked((address & ~7ul) + pick % 64 * 8), value);
        }
    }

    private void SetGdt(uint a, uint b)
    {
        ulong[] frames = [Frame(a).Value, Frame(b).Value, Frame(unchecked(a * 31)).Value];
        uint entries = ((b >> 4) % 8) switch { 0 => 0, 1 => 512, 2 => 1024, 3 => 7169, _ => 1 + b % 1536 };
        Call("gdt", Hypercall.SetGdt, Place(frames), entries);
    }

    private void UpdateDescriptor(uint a, uint b)
        => Call("descriptor", Hypercall.UpdateDescriptor, unchecked(Frame(a).Address + (b >> 3) % 512 * 8), Picks.Descriptor(b));

    private void Reserve(MemoryCommand command, uint a, uint b, uint c)
    {
        uint count = 1 + c % 3;
        ulong[] list = [Frame(a).Value, Frame(b).Value, Frame(unchecked(a * 31)).Value];
        var reservation = new MemoryReservation
        {
            ExtentCount = count,
            ExtentOrder = ((c >> 4) % 8) switch { 0 => 1, 1 => 20, 2 when self == 0 => 10, _ => 0u },
            Flags = (MemoryFlags)((c >> 8) % 10 == 0 ? c >> 24 : 0),
            Domain = Picks.Domain(guests, c >> 12),
        };
        ulong place = Place([.. Words(reservation), .. list]);
        if (TinyGuest.TryStore(place, place + 32))
            Note($"{command}", Make(Hypercall.MemoryOp, (ulong)command, place) > 0);
    }

    private void Exchange(uint a, uint b, uint c)
    {
        bool larger = c % 2 == 0;
        int[] pages = [(int)(8 + a % (FramesEach - 8)), (int)(8 + b % (FramesEach - 8))];
        bool unmapped = (c & 128) != 0;
        foreach (int page in pages)
        {
            if (unmapped)
                Make(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), 0);
        }
        ulong[] own = [guest.Frames[pages[0]].Value, guest.Frames[pages[1]].Value], take = [100, 101];
        ulong[] give = unmapped ? own : [Frame(a).Value, Frame((c & 32) != 0 ? a : b).Value];
        var exchange = new MemoryExchange();
        (exchange.In.ExtentCount, exchange.Out.ExtentCount, exchange.Out.ExtentOrder) = larger ? (2ul, 1ul, 1u) : (2ul, 2ul, 0u);
        exchange.In.Domain = exchange.Out.Domain = Picks.Domain(guests, c >> 8);
        ulong place = Place([.. Words(exchange), .. give, .. take]);
        const ulong lists = 72;
        ulong outputs = (c & 64) != 0 ? place + lists + c % 20 : place + lists + 16;
        if (TinyGuest.TryStore(place, place + lists) && TinyGuest.TryStore(place + 32, outputs))
            Call("exchange", Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, place);
    }

    /// <summary>`mov %rax, (%rdi)` to an address that is mapped read-only: where a table lies there, the hypervisor does it.</summary>
    private void WriteThroughMapping(uint a, uint b, uint c)
    {
        ulong code = TinyGuest.AddressOf(CodePage);
        if (!TinyGuest.TryStore(code, 0x0007_8948u))
            return;
        ref VirtualCpu vcpu = ref guest.Vcpu;
        ulong address = (a & 3) == 0 ? TinyGuest.AddressOf(3) + (b >> 3) % 512 * 8 : Picks.Address(a) + (b >> 3) % 512 * 8;
        if (!Layout.IsCanonical(address) || PageWalk.TryTranslate(address, write: true, user: true, out _))
            return;
        bool present = PageWalk.TryTranslate(address, write: false, user: true, out _);
        vcpu.Registers.Rip = code;
        vcpu.Registers.Rdi = address;
        vcpu.Registers.Rax = unchecked(Frame(b).Address) | Picks.Flags(c);
        vcpu.Traps.Addresses[14] = code;
        vcpu.KernelMode = 1;
        vcpu.Registers.Rsp = TinyGuest.AddressOf(CodePage + 1);
        WayIn.PageFault(ref vcpu, address, present ? 7u : 6u);
        Note("emulated write", vcpu.Registers.Rip != code);
    }

    private void RegisterInfo(uint a, uint b)
    {
        var record = new VcpuRegisterVcpuInfo { Frame = Frame(a).Value, Offset = b % 5 == 0 ? b : b % 63 * 64 };
        Call("info", Hypercall.VcpuOp, (ulong)VcpuCommand.RegisterVcpuInfo, b / 5 % 3, Place(Words(record)));
    }

    private void Initialise(uint a, uint b)
    {
        var context = new VcpuGuestContext();
        context.ControlRegisters.Cr3 = (a >> 31) != 0 ? Mfn.Of(guest.Vcpu.KernelRoot).Address : unchecked(Frame(a).Address);
        context.KernelSp = TinyGuest.AddressOf(20);
        context.GdtEntries = b % 3 * 300;
        context.GdtFrames.AsSpan()[0] = Frame(b).Value;
        context.GdtFrames.AsSpan()[1] = Frame(unchecked(b * 31)).Value;
        ulong[] words = Words(context);
        ulong[] places = [.. Enumerable.Range(FirstArgument, FramesEach - FirstArgument - 1).Select(TinyGuest.AddressOf)];
        foreach (ulong place in places)
        {
            if (words.Select((word, index) => TinyGuest.TryStore(place + (ulong)index * 8, word)).All(done => done))
            {
                Call("initialise", Hypercall.VcpuOp, (ulong)VcpuCommand.Initialise, 1, place);
                return;
            }
        }
    }

    private void UseLocal(uint a)
    {
        ref VirtualCpu vcpu = ref guest.Vcpu;
        ulong window = TestMachine.Processor.DescriptorWindow + 16 * Mfn.Size;
        Note("local", LocalDescriptors.TryShowFor(ref vcpu, window + a % (vcpu.Descriptors.LocalEntries * 8 + 16)));
    }

    /// <summary>The guest uses all that it has mapped around its origin: writing where it may, reading else, and all of it is remembered.</summary>
    private static void Touch()
    {
        foreach (ulong part in (ulong[])[TinyGuest.Origin, TinyGuest.Origin + (1 << 21), TinyGuest.Origin + (1 << 30), 0])
        {
            for (ulong page = 0; page < 512; page++)
            {
                ulong address = part + page * Mfn.Size;
                if (!PageWalk.TryTranslate(address, write: true, user: true, out _))
                    PageWalk.TryTranslate(address, write: false, user: true, out _);
            }
        }
    }

    /// <summary>
    /// Gives back a frame whose translation is remembered, without asking for a flush; then the hypervisor takes a frame for itself.
    /// </summary>
    private void LetGo(uint a)
    {
        ulong address = TinyGuest.AddressOf((int)(8 + a % (FramesEach - 8)));
        if (!TinyGuest.TryStore(address, 1ul) || !PageWalk.TryTranslate(address, write: true, user: true, out ulong place))
            return;
        var back = new MemoryReservation { ExtentCount = 1, Domain = DomainIds.Self };
        ulong record = Place([.. Words(back), place >> Mfn.Shift]);
        if (!TinyGuest.TryStore(record, record + 32))
            return;
        Make(Hypercall.UpdateVaMapping, address, 0);
        Note("let go", Make(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, record) > 0);
        if (kept.Count == MostKept)
            FrameAllocator.Free(kept.Dequeue(), 0);
        if (FrameAllocator.TryTake(0, out Mfn taken))
            kept.Enqueue(taken);
    }

    private void OpenPort()
        => Call("port", Hypercall.EventChannelOp, (ulong)EventChannelCommand.AllocUnbound,
            Place(Words(new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = 1 })));

    private void SetUpGrants(uint a)
    {
        ulong place = Place(Words(new GrantSetupTable { Domain = Picks.Domain(guests, a), FrameCount = a >> 8 & 7 }));
        if (TinyGuest.TryStore(place + 16, place + 256))
            Call("grants", Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable, place, 1);
    }

    /// <summary>Two calls in a batch.</summary>
    private void Multicall(uint a, uint b, uint c)
    {
        ulong requests = Place(Words(Request(a, b, c)));
        var entries = new MulticallEntry[2];
        entries[0] = new MulticallEntry { Op = (ulong)Hypercall.MmuUpdate, Argument1 = requests, Argument2 = 1, Argument4 = DomainIds.Self };
        entries[1] = new MulticallEntry
        {
            Op = c % 9 == 0 ? c % 60 : (ulong)Hypercall.UpdateVaMapping,
            Argument1 = Picks.Address(b), Argument2 = unchecked(Frame(a).Address) | Picks.Flags(c >> 4), Argument3 = c >> 8 & 3,
        };
        const ulong behindRequests = 64;
        List<ulong> words = [.. Words(entries)];
        if (words.Select((word, index) => TinyGuest.TryStore(requests + behindRequests + (ulong)index * 8, word)).All(done => done))
            Call("multicall", Hypercall.Multicall, requests + behindRequests, 2);
    }
}
