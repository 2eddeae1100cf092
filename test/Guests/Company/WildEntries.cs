using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// Virtual CPUs that give every way in and out of the hypervisor what it least expects: contexts, handlers, stacks, selectors, bases and flags by
/// chance, then a leap, by HYPERVISOR_iret or plainly, into instructions by chance, in the kernel's mode or an application's. What comes back
/// to a good handler goes on to the next round. The domain may die of it, and often does; nobody else may.
/// </summary>
internal static unsafe class WildEntries
{
    private const int ContextBytes = 5168, Attempts = 12, Handlers = 256;
    private const uint Count = 3;

    /// <summary>What a victim knows: addresses of its pages, the end of its stack, and how wild it is, from 0 to 3.</summary>
    private struct Victim
    {
        public ulong State, Number, Wildness, Restart, KernelCode, UserCode, Stack, Scratch, Descriptors;
    }

    internal static void Run()
    {
        ulong seed = Guest.Number("seed="u8, 1), copy = Guest.Number("copy="u8, 0), life = Guest.Number("life="u8, 300) * 1_000_000;
        Serai.GuestKit.Console.Write("seed="u8);
        Serai.GuestKit.Console.Write((long)seed);
        Serai.GuestKit.Console.Write("\n"u8);
        Victim self = default;
        self.State = (seed * 0x9e37_79b9_7f4a_7c15) ^ (copy << 32) ^ 1;
        for (uint number = 1; number <= Count; number++)
            Begin(number, Next(&self) | 1, copy % 4);
        for (ulong end = Clock.Now + life; Clock.Now < end;)
        {
            uint target = (uint)(1 + (Next(&self) % Count));
            switch (Next(&self) % 8)
            {
                case 0: GuestKit.VirtualProcessors.Down(target); break;
                case 1: GuestKit.VirtualProcessors.Call(VcpuCommand.SendNmi, target, 0); break;
                case 2: Guest.SharedInfo.VcpuInfo[(int)target].EventUpcallPending = 1; break;
                case 3: Guest.SharedInfo.VcpuInfo[(int)target].EventUpcallMask = 0; break;
                default: Hypercalls.Yield(); break;
            }

            GuestKit.VirtualProcessors.Up(target);
        }

        Hypercalls.Shutdown(ShutdownReason.PowerOff);
    }

    // A victim gets a context that is wrong somewhere, as long as one is refused, or else a good one.
    private static void Begin(uint number, ulong seed, ulong wildness)
    {
        Victim* own = (Victim*)Frames.Take();
        ulong context = GuestKit.VirtualProcessors.MakeContext(0), attempt = Frames.Take();
        Frames.Take();
        (own->State, own->Number, own->Wildness) = (seed, number, wildness);
        (own->Restart, own->KernelCode, own->Scratch) = (Frames.Take(), Frames.Take(), Frames.Take());
        Frames.Take();
        own->Descriptors = Frames.TakeProtected();
        ref VcpuGuestContext good = ref *(VcpuGuestContext*)context;
        own->Stack = good.KernelSp;
        WriteRestart(own);
        good.UserRegs.Rip = good.EventCallback = good.FailsafeCallback = good.SyscallCallback = own->Restart;
        good.ControlRegisters.UserPageTable = MakeUser(own) << 12;
        for (int vector = 0; vector < Handlers; vector++)
            (good.TrapTable[vector].Address, good.TrapTable[vector].Cs) = (own->Restart, (ushort)FlatSelectors.KernelCode);
        for (int left = wildness > 0 ? Attempts : 0; left > 0; left--)
        {
            new Span<byte>((void*)context, ContextBytes).CopyTo(new Span<byte>((void*)attempt, ContextBytes));
            for (ulong changes = Next(own) % 6; changes > 0; changes--)
                ((ulong*)attempt)[Next(own) % (ContextBytes / 8)] = Any(own);
            if (GuestKit.VirtualProcessors.Initialise(number, attempt) == 0)
                break;
        }

        GuestKit.VirtualProcessors.Initialise(number, context);
        GuestKit.VirtualProcessors.Up(number);
    }

    private static void WriteRestart(Victim* own)
    {
        byte* to = (byte*)own->Restart;
        // cld; mov rsp, ..; mov rdi, ..; mov rax, ..; jmp rax
        *to++ = 0xfc;
        (*to, to[1], *(ulong*)(to + 2)) = (0x48, 0xbc, own->Stack - 8);
        (to[10], to[11], *(ulong*)(to + 12)) = (0x48, 0xbf, (ulong)own);
        (to[20], to[21], *(ulong*)(to + 22)) = (0x48, 0xb8, (ulong)(delegate*<Victim*, void>)&Wild);
        (to[30], to[31]) = (0xff, 0xe0);
    }

    private static ulong MakeUser(Victim* own)
    {
        ulong code = Frames.Take(), stack = Frames.Take();
        ulong level1 = Frames.Take(), level2 = Frames.Take(), level3 = Frames.Take(), level4 = Frames.Take();
        own->UserCode = code;
        Frames.Words(level1)[Entries.Index(UserMode.CodeAddress, 1)] = Entries.Make(Frames.Of(code), Entries.ReadWrite);
        Frames.Words(level1)[Entries.Index(UserMode.StackEnd - 8, 1)] = Entries.Make(Frames.Of(stack), Entries.ReadWrite);
        Frames.Words(level2)[Entries.Index(UserMode.CodeAddress, 2)] = Entries.Make(Frames.Of(level1), Entries.Table);
        Frames.Words(level3)[0] = Entries.Make(Frames.Of(level2), Entries.Table);
        Frames.Words(level4)[0] = Entries.Make(Frames.Of(level3), Entries.Table);
        Frames.Protect(level1);
        Frames.Protect(level2);
        Frames.Protect(level3);
        Frames.Protect(level4);
        return Frames.Of(level4);
    }

    private static ulong Next(Victim* own)
    {
        ulong value = own->State;
        value ^= value << 13;
        value ^= value >> 7;
        value ^= value << 17;
        own->State = value;
        return value;
    }

    private static ulong Any(Victim* own) => (Next(own) % 14) switch
    {
        0 => Next(own),
        1 => 0,
        2 => ulong.MaxValue - (Next(own) % 128),
        3 => 0x8000_0000_0000 - (Next(own) % 96),
        4 => 0xffff_8000_0000_0000 + (Next(own) % 96),
        5 => 0xffff_8800_0000_0000 + (Next(own) % 128) - 16,
        6 => 0xffff_8300_0000_0000 + (Next(own) % 0x1000_0000),
        7 => 0xffff_7fff_ffff_ffff - (Next(own) % 96),
        8 => own->Stack - (Next(own) % 8192),
        9 => own->UserCode + (Next(own) % 4200),
        10 => UserMode.CodeAddress + (Next(own) % 12300),
        11 => 1ul << (int)(Next(own) % 64),
        12 => Next(own) % 0x1_0000,
        _ => own->Scratch + (Next(own) % 8192),
    };

    private static ulong Selector(Victim* own) => (Next(own) % 8) switch
    {
        0 => Next(own) & 0xffff,
        1 => Next(own) % 64,
        2 => 0xe000 + (Next(own) % 0x80),
        3 => 0xe033,
        4 => 0xe02b,
        5 => 0xe023,
        6 => 4 | (Next(own) % 0x100),
        _ => 0xe030,
    };

    private static bool Wilder(Victim* own, ulong chance) => Next(own) % 256 < chance * own->Wildness;

    // A good address mostly.
    private static ulong Handler(Victim* own) => Wilder(own, 6) ? Any(own) : own->Restart;

    private static void Wild(Victim* own)
    {
        while (true)
        {
            // Kernel stack first: a good one, or who comes from an application next dies of it.
            Hypercalls.Call(Hypercall.StackSwitch, Wilder(own, 40) ? Any(own) : 0xe02b, Wilder(own, 4) ? Any(own) : own->Stack);
            for (ulong changes = Next(own) % 4; changes > 0; changes--)
                Change(own);
            Leave(own);
        }
    }

    private static void Change(Victim* own)
    {
        ulong record = own->Scratch + 2048;
        switch (Next(own) % 18)
        {
            case 0:
                TrapInfo* table = (TrapInfo*)record;
                for (int entry = 0; entry < 8; entry++)
                {
                    table[entry] = default;
                    ulong vectors = Next(own) % 2 == 0 ? 256ul : 32;
                    (table[entry].Vector, table[entry].Flags) = ((byte)(Next(own) % vectors), (TrapInfoFlags)(Next(own) % 8));
                    (table[entry].Cs, table[entry].Address) = ((ushort)Selector(own), Handler(own));
                }
                table[8] = default;
                Hypercalls.Call(Hypercall.SetTrapTable, record);
                break;
            case 1:
                CallbackRegister callback = default;
                (callback.Type, callback.Flags, callback.Address) = ((CallbackType)(Next(own) % 9), (CallbackFlags)(Next(own) % 4), Handler(own));
                Hypercalls.Call(Hypercall.CallbackOp, Next(own) % 8 == 0 ? 1ul : 0, Hypercalls.AddressOf(in callback));
                break;
            case 2: Hypercalls.Call(Hypercall.SetCallbacks, Handler(own), Handler(own), Handler(own)); break;
            case 3: Hypercalls.Call(Hypercall.SetSegmentBase, Next(own) % 5, Next(own) % 2 == 0 ? Any(own) : Selector(own)); break;
            case 4:
                *(ulong*)record = Next(own) % 8 == 0 ? Any(own) : Frames.Of(own->Descriptors);
                *(ulong*)(record + 8) = Frames.Of(own->Descriptors);
                Hypercalls.Call(Hypercall.SetGdt, record, Next(own) % 3 == 0 ? Next(own) % 1024 : 512);
                break;
            case 5: Mmu.Extended(MmuExtendedCommand.SetLdt, Wilder(own, 60) ? Any(own) : own->Descriptors, Next(own) % 600); break;
            case 6:
                ulong rights = Next(own) % 4 == 0 ? Next(own) : (0xf0ul | (Next(own) & 0xf)) << 40 | (Next(own) & 0xf) << 52 | 0xffff | 0xful << 48;
                Hypercalls.Call(Hypercall.UpdateDescriptor, (Frames.Of(own->Descriptors) << 12) + (Next(own) % 512 * 8), rights);
                break;
            case 7: Guest.SharedInfo.VcpuInfo[(int)own->Number].EventUpcallPending = (byte)Next(own); break;
            case 8: Guest.SharedInfo.VcpuInfo[(int)own->Number].EventUpcallMask = (byte)(Next(own) % 3); break;
            case 9: Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SendNmi, own->Number, 0); break;
            case 10: Hypercalls.Call(Hypercall.VmAssist, Next(own) % 2, Next(own) % 8); break;
            case 11: Hypercalls.Call(Hypercall.FpuTaskSwitch, Next(own) % 2); break;
            case 12: Hypercalls.Call(Hypercall.SetDebugRegister, Next(own) % 8, Next(own) % 2 == 0 ? Any(own) : Next(own) & 0xffff_ffff); break;
            case 13:
                *(ulong*)record = Next(own) % 4;
                Hypercalls.Call(Hypercall.PhysdevOp, 6, record);
                break;
            case 14: Hypercalls.Call(Hypercall.SetTimerOp, Clock.Now + (Next(own) % 100_000)); break;
            case 15: Mmu.Extended((MmuExtendedCommand)(6 + (Next(own) % 6)), Any(own), Any(own)); break;
            case 16:
                *(ulong*)record = Any(own);
                VcpuCommand area = Next(own) % 2 == 0 ? VcpuCommand.RegisterVcpuTimeMemoryArea : VcpuCommand.RegisterRunstateMemoryArea;
                GuestKit.VirtualProcessors.Call(area, (uint)own->Number, record);
                break;
            default:
                if (Wilder(own, 60))
                    Hypercalls.Call((Hypercall)(Next(own) % 56), Any(own), Any(own), Any(own));
                break;
        }
    }

    private static ulong FlagsOf(Victim* own)
        => Next(own) & 0x1ul | 2 | (Next(own) & Next(own) & 0x35_7fd5) | (Next(own) % 4 == 0 ? 0x100ul : 0) | (Next(own) % 4 == 0 ? 0x4_4000ul : 0);

    private static void Leave(Victim* own)
    {
        bool user = Next(own) % (8ul << (int)(6 - (2 * own->Wildness))) != 0;
        Fill(own, user ? own->UserCode : own->KernelCode);
        ref IretContext context = ref *(IretContext*)(own->Scratch + (Next(own) % 32 == 0 ? 4096 - (Next(own) % 72) : 0));
        context.Rax = Any(own);
        context.R11 = Any(own);
        context.Rcx = Any(own);
        context.Flags = Next(own) % 2 == 0 ? 0 : Next(own);
        context.Rip = user ? UserMode.CodeAddress + (Next(own) % 8) : own->KernelCode;
        if (Wilder(own, 12))
            context.Rip = Any(own);
        context.Cs = user ? (Next(own) % 4 == 0 ? 0xe023ul : 0xe033) : 0xe030;
        if (Wilder(own, 24))
            context.Cs = Selector(own);
        context.Rflags = FlagsOf(own);
        context.Rsp = user ? Wilder(own, 60) ? Any(own) : UserMode.StackEnd - 8 : Wilder(own, 6) ? Any(own) : own->Stack - 256;
        context.Ss = Wilder(own, 24) ? Selector(own) : 0xe02b;
        ulong place = Wilder(own, 2) ? Any(own) : Hypercalls.AddressOf(in context);
        if (!user && Next(own) % 8 == 0)
            ((delegate*<ulong, ulong, void>)own->KernelCode)(Any(own), Any(own));
        else
            ((delegate*<ulong, void>)IretCode(own))(place);
    }

    private static ulong IretCode(Victim* own)
    {
        ulong code = own->Restart + 256;
        ReadOnlySpan<byte> bytes = [0x48, 0x89, 0xfc, 0xb8, 0x17, 0, 0, 0, 0x0f, 0x05];
        bytes.CopyTo(new Span<byte>((void*)code, bytes.Length));
        return code;
    }

    // Each begins with its length; i: 4 random bytes; q: 8 of them; they lie where the length says, behind.
    private static ReadOnlySpan<byte> Snippets =>
    [
        2, 0x0f, 0x05, 2, 0x0f, 0x34, 2, 0x0f, 0x05, 2, 0xcd, 0x80, 2, 0xcd, 2, 2, 0xcd, 8, 2, 0xcd, 14, 2, 0xcd, 0x20, 2, 0xcd, 0xf0, 2,
        0xcd, 1, 1, 0xcc, 1, 0xf1,
        1, 0xce, 1, 0x9d, 2, 0x48, 0xcf, 1, 0xcf, 1, 0xcb, 2, 0x48, 0xcb, 3, 0xff, 0x1c, 0x24, 4, 0x48, 0xff, 0x1c, 0x24, 4, 0x48, 0xff, 0x2c, 0x24,
        2, 0x8e, 0xd0, 2, 0x8e, 0xd8, 2, 0x8e, 0xe0, 2, 0x8e, 0xe8, 2, 0x8e, 0xc0, 4, 0x8e, 0xd0, 0x0f, 0x05, 3, 0x8e, 0xd0, 0xcc, 4, 0x8e,
        0xd0, 0xcd, 0x80,
        4, 0x8e, 0xd0, 0x0f, 0x34, 5, 0x0f, 0xb2, 0x24, 0x24, 0x90, 3, 0x0f, 0x01, 0xf8, 5, 0xf3, 0x48, 0x0f, 0xae, 0xd0, 5, 0xf3, 0x48,
        0x0f, 0xae, 0xd8,
        5, 0xf3, 0x48, 0x0f, 0xae, 0xd7, 5, 0xf3, 0x48, 0x0f, 0xae, 0xde, 3, 0x0f, 0x01, 0xf9, 2, 0x0f, 0xa2, 7, 0x0f, 0x0b, 0x78, 0x65,
        0x6e, 0x0f, 0xa2,
        2, 0x0f, 0x32, 2, 0x0f, 0x30, 3, 0x0f, 0x20, 0xc0, 3, 0x0f, 0x22, 0xc0, 3, 0x0f, 0x22, 0xd0, 3, 0x0f, 0x22, 0xe0, 4, 0x44, 0x0f, 0x22, 0xc0,
        3, 0x0f, 0x23, 0xc0, 3, 0x0f, 0x23, 0xf8, 3, 0x0f, 0x23, 0xf0, 3, 0x0f, 0x21, 0xf0, 1, 0xf4, 1, 0xfa, 1, 0xfb, 1, 0xec, 1, 0xee, 1,
        0xef, 2, 0xf3, 0x6c,
        2, 0xf3, 0x6e, 1, 0x6d, 3, 0x0f, 0x01, 0x17, 3, 0x0f, 0x01, 0x1f, 3, 0x0f, 0x01, 0x07, 3, 0x0f, 0x01, 0x0f, 3, 0x0f, 0x00, 0xc8, 3,
        0x0f, 0x00, 0xd8,
        3, 0x0f, 0x00, 0xd0, 3, 0x0f, 0x00, 0xc0, 3, 0x0f, 0x01, 0x3f, 2, 0x0f, 0x06, 3, 0x0f, 0x01, 0xf0, 3, 0x0f, 0x01, 0xc1, 3, 0x0f, 0x01, 0xd9,
        3, 0x0f, 0x01, 0xd0, 3, 0x0f, 0x01, 0xd1, 3, 0x0f, 0x01, 0xc8, 3, 0x0f, 0x01, 0xc9, 3, 0x0f, 0x01, 0xca, 3, 0x0f, 0x01, 0xcb, 3,
        0x0f, 0xae, 0x0f,
        3, 0x0f, 0xae, 0x2f, 3, 0x0f, 0xae, 0x17, 2, 0xd9, 0x2f, 2, 0xdb, 0xe3, 4, 0xd9, 0xee, 0xd9, 0xfa, 6, 0xd9, 0xe8, 0xd9, 0xee, 0xde,
        0xf9, 1, 0x9b,
        3, 0x0f, 0x5e, 0xc0, 4, 0x66, 0x0f, 0x6f, 0x07, 2, 0x0f, 0x0b, 2, 0x0f, 0x09, 2, 0x0f, 0x08, 1, 0x9c, 3, 0x9c, 0x58, 0x50, 4, 0xc8,
        0xff, 0xff, 0x1f,
        3, 0x0f, 0x02, 0xc7, 3, 0x0f, 0x03, 0xc7, 3, 0x0f, 0x00, 0xe0, 3, 0x0f, 0x00, 0xe8, 3, 0xff, 0xe7, 90, 3, 0xff, 0xd6, 90, 2, 0xf7,
        0xf7, 3, 0x48, 0xf7, 0xf0,
        4, 0xf0, 0x0f, 0xc7, 0x0f, 3, 0x48, 0x89, 0xfc, 3, 0x48, 0x89, 0xf4, 3, 0x48, 0x8b, 0x07, 3, 0x48, 0x89, 0x07, 4, 0x65, 0x48, 0x8b,
        0x07, 4, 0x64, 0x48, 0x89, 0x07,
        3, 0x9d, 0x0f, 0x05, 3, 0x9d, 0x0f, 0x34, 3, 0x9d, 0xcd, 0x80, 2, 0x0f, 0x07, 3, 0x48, 0x0f, 0x07, 2, 0x0f, 0x35, 3, 0x48, 0x0f,
        0x35, 2, 0x0f, 0xaa, 2, 0x0f, 0x33,
        6, 0xc7, 0xf8, 0, 0, 0, 0, 3, 0x0f, 0x01, 0xd5, 3, 0x0f, 0xc7, 0xf7, 3, 0x0f, 0xc7, 0xff, 4, 0xf3, 0x0f, 0xc7, 0xff, 2, 0x0f, 0x31,
        14, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x0f, 0x05,
    ];

    private static void Fill(Victim* own, ulong page)
    {
        byte* to = (byte*)page;
        ReadOnlySpan<byte> snippets = Snippets;
        new Span<byte>((void*)page, 512).Fill(0xcc);
        for (ulong count = 1 + (Next(own) % 6); count > 0; count--)
        {
            if (Next(own) % 2 == 0)
                to = Operands(own, to);
            int at = 0;
            for (ulong skip = Next(own) % 150; skip > 0; skip--)
            {
                at += snippets[at] + 1;
                if (at >= snippets.Length)
                    at = 0;
            }

            snippets.Slice(at + 1, snippets[at]).CopyTo(new Span<byte>(to, snippets[at]));
            to += snippets[at];
            if (Next(own) % 64 == 0)
                *(ulong*)to = Next(own);
        }

        to[0] = 0xcc;
    }

    // push imm32 (for popf and far returns), mov eax, ecx or edx, imm32; mov rax or rdi, imm64.
    private static byte* Operands(Victim* own, byte* to)
    {
        uint kind = (uint)(Next(own) % 6);
        if (kind < 4)
        {
            (byte opcode, ulong value) = kind switch
            {
                0 => ((byte)0x68, FlagsOf(own)),
                1 => ((byte)0xb8, Next(own) % 2 == 0 ? Selector(own) : Next(own) % 50),
                2 => ((byte)0xb9, Msr(own)),
                _ => ((byte)0xba, Any(own)),
            };
            (*to, *(uint*)(to + 1)) = (opcode, (uint)value);
            return to + 5;
        }

        (*to, to[1], *(ulong*)(to + 2)) = (0x48, (byte)(kind == 4 ? 0xbf : 0xb8), Any(own));
        return to + 10;
    }

    private static ulong Msr(Victim* own) => (Next(own) % 4) switch
    {
        0 => 0xc000_0080 + (Next(own) % 5),
        1 => 0xc000_0100 + (Next(own) % 4),
        2 => Next(own) % 0x400,
        _ => 0x800 + (Next(own) % 0x40),
    };
}
