using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>Where an entry of a page table lies: a machine address, a multiple of 8; 0 for nowhere.</summary>
/// <param name="address">The entry's machine address.</param>
public readonly struct EntryPlace(MachineAddress address)
{
    private readonly MachineAddress address = address;

    /// <summary>Whether there is no such entry.</summary>
    public bool IsNowhere => address.Value == 0;

    /// <summary>The entry.</summary>
    public ref ulong Slot
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref DirectMap.At<ulong>(address);
    }

    /// <summary>The table that it is an entry of.</summary>
    public Mfn Table => Mfn.Of(address);

    /// <summary>Its index in that table.</summary>
    public int Index => (int)(address.Value / sizeof(ulong) % PageTableEntry.Count);

    /// <summary>The place of an entry that was got from the direct map.</summary>
    public static EntryPlace Of(ref ulong slot) => new(DirectMap.AddressOf(ref slot));

    /// <summary>Whether both are the same place.</summary>
    public bool Same(EntryPlace other) => address.Value == other.address.Value;
}
