using System;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// Frames that a guest may do anything with: each is mapped once, writable, at its own address of the pool, or below the kernel. None is ever
/// given back, so a story cannot be hurt by what an earlier one left behind.
/// </summary>
public static unsafe class Frames
{
    /// <summary>Bytes of a page.</summary>
    public const ulong PageBytes = 4096;

    // Pseudo-physical 0 is mapped here (note VIRT_BASE).
    private const ulong VirtualBase = 0xffff_ffff_8000_0000;

    private static ulong taken;
    private static ulong takenBelow;
    private static ulong unmappedTaken;

    /// <summary>A zeroed page, mapped writable: its address.</summary>
    public static ulong Take()
    {
        ulong address = Symbols.FramePool + (taken * PageBytes);
        if (address < Symbols.FramePoolEnd)
            taken++;
        else
            address = VirtualBase + (takenBelow++ * PageBytes);
        if (address < Symbols.FramePool && address >= Symbols.ImageStart)
            Failure.Stop("the pool of frames is empty"u8, taken);
        new Span<byte>((void*)address, (int)PageBytes).Clear();
        return address;
    }

    /// <summary>A frame of this domain that its builder mapped nowhere: its machine frame number.</summary>
    public static ulong TakeUnmapped()
    {
        unmappedTaken++;
        return OfPseudoPhysical(Guest.StartInfo.PageCount - unmappedTaken);
    }

    /// <summary>The machine frame of a pseudo-physical frame.</summary>
    public static ulong OfPseudoPhysical(ulong number) => ((ulong*)Guest.StartInfo.P2mList)[number];

    /// <summary>The machine frame of an address in the boot mapping (the kernel, its tables, its pool).</summary>
    public static ulong Of(ulong address) => OfPseudoPhysical((address - VirtualBase) / PageBytes);

    /// <summary>The address in the boot mapping of a machine frame of this domain, by the machine-to-physical table.</summary>
    public static ulong AddressOf(ulong frame) => VirtualBase + (((ulong*)AddressSpace.MachineToPhysicalStart)[frame] * PageBytes);

    /// <summary>A page as 512 words.</summary>
    public static Span<ulong> Words(ulong address) => new((void*)address, 512);

    /// <summary>Puts machine code at the beginning of a page and fills the rest with breakpoints.</summary>
    public static void FillCode(ulong address, ReadOnlySpan<byte> instructions)
    {
        const byte breakpoint = 0xcc;
        var page = new Span<byte>((void*)address, (int)PageBytes);
        page.Fill(breakpoint);
        instructions.CopyTo(page);
    }

    /// <summary>Maps a page of the pool read-only, so that its frame can become a table. The result is the hypercall's.</summary>
    public static long Protect(ulong address) => Mmu.Map(address, Entries.Make(Of(address), Entries.ReadOnly));

    /// <summary>Maps a page of the pool writable again. The result is the hypercall's.</summary>
    public static long Unprotect(ulong address) => Mmu.Map(address, Entries.Make(Of(address), Entries.ReadWrite));

    /// <summary>A page of the pool that is already mapped read-only.</summary>
    public static ulong TakeProtected()
    {
        ulong address = Take();
        long result = Protect(address);
        if (result != 0)
            Failure.Stop("a page of the pool cannot be made read-only"u8, (ulong)result);
        return address;
    }
}
