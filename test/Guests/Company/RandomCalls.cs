using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// Many thousand hypercalls with arguments that are drawn from what might hurt: frames of its own and of others, tables, grants, ports, addresses at
/// every edge, small and enormous numbers, alone and in batches. It throws at everything but what would end the guest itself.
/// The seed is printed; calls= makes it go on for minutes. The guest must live; the hypervisor's recount of all frames afterwards must agree with
/// its books.
/// </summary>
internal static unsafe class RandomCalls
{
    private const ulong Calls = 60_000;

    private static ulong state;
    private static ulong page;
    private static long done;
    private static ulong table;

    internal static void Run()
    {
        state = Number("seed="u8, Clock.Now | 1);
        ulong calls = Number("calls="u8, Calls);
        Serai.GuestKit.Console.Write("seed="u8);
        Serai.GuestKit.Console.Write((long)state);
        Serai.GuestKit.Console.Write("\n"u8);
        page = Frames.Take();
        for (int index = 0; index < 20; index++)
            Frames.Take();
        for (ulong call = 0; call < calls; call++)
        {
            if (call % 2 == 0)
                Throw();
            else
                Note(BuildTables());
        }

        Verdict.ExpectResult(Hypercalls.Call(Hypercall.XenVersion), 0x4_0011, "xen_version in the end"u8);
        Serai.GuestKit.Console.Write("thrown, done "u8);
        Serai.GuestKit.Console.Write(done);
        Serai.GuestKit.Console.Write("\n"u8);
        Wait();
    }

    private static ulong Number(ReadOnlySpan<byte> option, ulong otherwise)
    {
        ReadOnlySpan<byte> given = Guest.Option(option);
        ulong number = 0;
        foreach (byte digit in given)
            number = (number * 10) + (ulong)(digit - '0');
        return given.IsEmpty ? otherwise : number;
    }

    // What it has made of its tables stays for three seconds, in which the hypervisor's books can be looked at. It does not sleep: where the clock
    // counts instructions, sleep takes no time.
    private static void Wait()
    {
        for (ulong end = Clock.Now + 3_000_000_000; Clock.Now < end;)
            Hypercalls.Yield();
    }

    private static void Note(long result)
    {
        if (result >= 0)
            done++;
    }

    private static void Throw()
    {
        for (int word = 0; word < 8; word++)
            *(ulong*)(Record + ((ulong)word * 8)) = Any();
        uint call = (uint)(Next() % 45);
        switch ((Hypercall)call)
        {
            case Hypercall.SetTrapTable or Hypercall.Iret or Hypercall.StackSwitch or Hypercall.SetCallbacks or Hypercall.CallbackOp:
            case Hypercall.ConsoleIo or Hypercall.SetDebugRegister or Hypercall.FpuTaskSwitch:
                return;
            case Hypercall.GrantTableOp or Hypercall.EventChannelOp or Hypercall.MemoryOp:
                Note(Shaped((Hypercall)call, Record));
                return;
            case Hypercall.Multicall:
                Note(Batch());
                return;
            case Hypercall.UpdateVaMapping or Hypercall.UpdateVaMappingOtherDomain:
                Note(Hypercalls.Call((Hypercall)call, Page() + 8192, Any(), Next() % 8, DomainIds.Self));
                return;
            case Hypercall.MmuUpdate or Hypercall.MmuExtendedOp:
                Memory((Hypercall)call);
                return;
            case Hypercall.SchedOp:
                Sleep();
                return;
            case Hypercall.VcpuOp:
                uint command = (uint)(Next() % 16);
                if (command is not ((uint)VcpuCommand.Down or (uint)VcpuCommand.RegisterVcpuInfo or (uint)VcpuCommand.SendNmi))
                    Note(Hypercalls.Call(Hypercall.VcpuOp, command, Next() % 3, page + 3072));
                return;
            default:
                Note(Hypercalls.Call((Hypercall)call, Next() % 2 == 0 ? Next() % 20 : Any(), page + 3072, Any(), Any()));
                return;
        }
    }

    private static ulong Record => page + 3072;

    // A record of about the right shape: small numbers where there are indexes, own pages where there are addresses, and anything now and then.
    private static long Shaped(Hypercall call, ulong record)
    {
        Span<ulong> words = new((void*)record, 6);
        foreach (ref ulong word in words)
        {
            word = (Next() % 6) switch
            {
                0 => Any(),
                1 => Page() + 8192,
                2 => Next() % 12 | Next() % 12 << 32,
                3 => Frames.Of(Page() + 8192),
                4 => Next() % 4 | (Next() % 4 << 16) | (Next() % 16 << 32),
                _ => DomainIds.Self | (Next() % 40 << 32),
            };
        }

        if (call == Hypercall.MemoryOp)
            return Memory(record);
        ulong count = Next() % 8 == 0 ? Any() : 1 + (Next() % 2);
        if (call == Hypercall.GrantTableOp && Next() % 4 == 0)
            Grant(record, words);
        return Hypercalls.Call(call, Next() % 15, record, count);
    }

    // An entry of its own table, or a map of what an entry of somebody's may grant: mere chance would hardly meet one.
    private static void Grant(ulong record, Span<ulong> words)
    {
        if (table == 0)
        {
            GrantSetupTable setup = default;
            (setup.Domain, setup.FrameCount, setup.FrameList) = (DomainIds.Self, 1, page + 2560);
            Hypercalls.Call(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable, Hypercalls.AddressOf(in setup), 1);
            table = Frames.Take();
            Mmu.Map(table, Entries.Make(*(ulong*)(page + 2560), Entries.ReadWrite));
        }

        Probe.Store(table + (Next() % 16 * 8), 1 | (Next() % 8) | (Next() % 5 << 16) | (Frames.Of(Page() + 8192) << 32));
        (words[0], words[1], words[2]) = (Page() + 8192, (Next() % 32) | (Next() % 16 << 32), Next() % 5);
        Note(Hypercalls.Call(Hypercall.GrantTableOp, (ulong)GrantTableCommand.MapGrantRef, record, 1));
        ulong handle = words[2] >> 32;
        if (Next() % 2 == 0)
            (words[0], words[1], words[2]) = (words[0], words[3], handle);
    }

    private static long Memory(ulong record)
    {
        MemoryReservation reservation = default;
        (reservation.ExtentStart, reservation.ExtentCount, reservation.Domain) = (record - 512, Next() % 4, DomainIds.Self);
        reservation.ExtentOrder = (uint)(Next() % 3);
        for (int index = 0; index < 4; index++)
            *(ulong*)(record - 512 + ((ulong)index * 8)) = Next() % 3 == 0 ? Any() : Frames.Of(Page() + 8192);
        if (Next() % 2 == 0)
            *(MemoryReservation*)record = reservation;
        return Hypercalls.Call(Hypercall.MemoryOp, Next() % 30, record);
    }

    // A batch of what may be thrown anyway; the one record serves all its entries. No iret: it ends the batch, and the guest goes where it leads.
    private static long Batch()
    {
        ReadOnlySpan<byte> calls = [(byte)Hypercall.GrantTableOp, (byte)Hypercall.EventChannelOp, (byte)Hypercall.XenVersion,
            (byte)Hypercall.Multicall, 62, 63];
        ulong entries = page + 1024;
        for (int index = 0; index < 4; index++)
        {
            Span<ulong> words = new((void*)(entries + ((ulong)index * 64)), 8);
            words[0] = calls[(int)(Next() % 6)] | (Next() % 8 == 0 ? Next() << 32 : 0);
            (words[2], words[3], words[4]) = (Next() % 15, Record, 1 + (Next() % 2));
        }

        return Hypercalls.Call(Hypercall.Multicall, entries, Next() % 5);
    }

    private static void Sleep()
    {
        SchedPoll poll = default;
        poll.Timeout = Clock.Now + (Next() % 20_000);
        poll.Ports = Record;
        poll.PortCount = (uint)(Next() % 3);
        if (Next() % 4 == 0)
            Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll));
        else
            Hypercalls.Yield();
    }

    // What a guest does that builds tables, in any order: this is how deep states come about, which mere chance would hardly find.
    private static long BuildTables()
    {
        ulong own = Page() + 8192, frame = Frames.Of(own), other = Frames.Of(Page() + 8192);
        switch (Next() % 10)
        {
            case 0: return Frames.Protect(own);
            case 1: return Frames.Unprotect(own);
            case 2 or 3: return Mmu.Pin(frame, 1 + (int)(Next() % 4));
            case 4: return Mmu.Unpin(frame);
            case 5: return Mmu.Update(frame, (int)(Next() % 4), Entries.Make(other, Entries.Table));
            case 6: return Mmu.Update(frame, (int)(Next() % 4) + 254, Entries.Make(other, Entries.ReadOnly));
            case 7: return Mmu.Update(frame, (int)(Next() % 4), 0);
            case 8: return Mmu.Extended(MmuExtendedCommand.NewUserBasePointer, Next() % 4 == 0 ? 0 : frame);
            default:
                if (Next() % 2 == 0)
                    return Mmu.Extended(MmuExtendedCommand.SetLdt, own, Next() % 600);
                return Hypercalls.Call(Hypercall.SetGdt, Hypercalls.AddressOf(in frame), Next() % 4 == 0 ? 0 : Next() % 513);
        }
    }

    // Requests on the tables of the pool and, rarely, on what is not the guest's; never on the live tables, which hold up the guest itself.
    private static void Memory(Hypercall call)
    {
        Span<ulong> request = new((void*)(page + 3072), 3);
        if (call == Hypercall.MmuUpdate)
        {
            ulong frame = Next() % 16 == 0 ? Next() % 0x2_0000 : Frames.Of(Page() + 8192);
            if (frame == Frames.Of(page))
                return;
            request[0] = (frame << 12) | (Next() % 512 * 8) | (Next() % 8 == 0 ? 2ul : 0);
            request[1] = Any();
            if (IsLive(frame))
                return;
        }
        else
        {
            request[0] = Next() % 24;
            request[1] = Next() % 4 == 0 ? Any() : Frames.Of(Page() + 8192);
            request[2] = Next() % 4 == 0 ? Any() : Frames.Of(Page() + 8192);
            bool takesRoot = request[0] is (ulong)MmuExtendedCommand.NewBasePointer;
            bool writes = request[0] is (ulong)MmuExtendedCommand.ClearPage or (ulong)MmuExtendedCommand.CopyPage;
            if (takesRoot || (writes && IsLive(request[1])))
                return;
        }

        Note(Hypercalls.Call(call, page + 3072, 1, 0, DomainIds.Self));
    }

    // The kernel's image, stack and tables: whatever the boot mapping has below the pool, or behind it.
    private static bool IsLive(ulong frame)
    {
        Probe.Load(AddressSpace.MachineToPhysicalStart + (frame * 8), out ulong number);
        ulong first = (page - 0xffff_ffff_8000_0000) / Frames.PageBytes;
        return number < Guest.StartInfo.PageCount && (number <= first + 1 || number > first + 18);
    }

    private static ulong Page() => page + (Next() % 16 * Frames.PageBytes);

    private static ulong Any()
    {
        ulong frame = Frames.Of(Page() + 8192);
        return (Next() % 10) switch
        {
            0 => Next() % 64,
            1 => 1ul << (int)(Next() % 64),
            2 => 0 - (Next() % 64),
            3 => 0xffff_8000_0000_0000 + (Next() % 0x1000_0000_0000),
            4 => frame,
            5 => Entries.Make(frame, Entries.ReadOnly | (Next() & 0x1ff)),
            6 => Entries.Make(frame, Entries.Table),
            7 => Entries.Make(Next() % 0x2_0000, Entries.ReadWrite),
            8 => Page() + 8192,
            _ => Next(),
        };
    }

    // xorshift64 (Marsaglia, 2003)
    private static ulong Next()
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }
}
