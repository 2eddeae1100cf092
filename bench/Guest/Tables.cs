using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>The guest's own page tables and frames. Room.N is the page N of <see cref="Assembly.Room"/>.</summary>
internal static unsafe class Tables
{
    /// <summary>Present, writable, user, accessed, dirty.</summary>
    internal const ulong Writable = 0x67;

    /// <summary>Present, user, accessed.</summary>
    internal const ulong ReadOnly = 0x25;

    private const ulong VirtualBase = 0xffff_ffff_8000_0000;
    private const ulong MachineToPhysical = 0xffff_8000_0000_0000;
    private const ulong FrameMask = 0x000f_ffff_ffff_f000;

    internal static ulong RoomPage(ulong number) => Assembly.Room + (number * 4096);

    /// <summary>The machine frame of a page of the kernel's image.</summary>
    internal static ulong FrameOf(ulong address) => ((ulong*)Guest.StartInfo.P2mList)[PfnOf(address)];

    /// <summary>The pseudo-physical number of a page of the kernel's image.</summary>
    internal static ulong PfnOf(ulong address) => (address - VirtualBase) / 4096;

    /// <summary>Another frame lies at a page of the kernel's image.</summary>
    internal static void SetFrame(ulong address, ulong frame) => ((ulong*)Guest.StartInfo.P2mList)[PfnOf(address)] = frame;

    /// <summary>The machine frame of the top-level table.</summary>
    internal static ulong RootFrame => FrameOf(Guest.StartInfo.PageTableBase);

    /// <summary>The machine address of the level-1 entry for an address.</summary>
    internal static ulong EntryFor(ulong address)
    {
        ulong table = Guest.StartInfo.PageTableBase;
        for (int level = 4; level > 1; level--)
            table = VirtualOf(Entries(table)[IndexOf(address, level)] & FrameMask);
        return (FrameOf(table) * 4096) + (IndexOf(address, 1) * 8);
    }

    /// <summary>Where the level-1 entry for an address can be read, and written at the price of a fault.</summary>
    internal static ulong VirtualEntryFor(ulong address) => VirtualOf(EntryFor(address));

    /// <summary>The words of a page.</summary>
    internal static ulong* Entries(ulong page) => (ulong*)page;

    /// <summary>update_va_mapping: zero or a negative error.</summary>
    internal static long Map(ulong address, ulong entry)
        => Hypercalls.Call(Hypercall.UpdateVaMapping, address, entry, (ulong)UpdateVaFlags.InvalidatePage);

    /// <summary>One operation of mmuext_op: zero or a negative error.</summary>
    internal static long Extended(MmuExtendedCommand command, ulong argument = 0)
    {
        MmuExtendedOperation operation = default;
        operation.Command = command;
        operation.Argument1 = argument;
        return Hypercalls.Call(Hypercall.MmuExtendedOp, Hypercalls.AddressOf(in operation), 1, 0, DomainIds.Self);
    }

    private static ulong VirtualOf(ulong machineAddress)
        => VirtualBase + (((ulong*)MachineToPhysical)[machineAddress / 4096] * 4096) + (machineAddress % 4096);

    private static ulong IndexOf(ulong address, int level) => (address >> ((level * 9) + 3)) & 511;
}
