using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>Turns a step's numbers into arguments, mostly sensible, sometimes at an edge, sometimes hostile.</summary>
internal static class Picks
{
    private const int Reserved = 8;

    /// <summary>A frame number: one of the guest's own most of the time.</summary>
    public static Mfn Frame(List<TinyGuest> guests, int self, uint number)
    {
        TinyGuest guest = guests[self];
        uint rest = number >> 5;
        switch (number & 31)
        {
            case 0: return guests[(int)(rest % (uint)guests.Count)].Frames[(int)(rest / 8 % 40)];
            case 1: return new Mfn(rest % FrameTable.All.Length);
            case 2: return new Mfn((rest & 3) switch { 0 => 0xfee00ul, 1 => 0xfec00, 2 => FrameTable.All.Length, _ => 0xf_ffff_fffful - (rest & 7) });
            case 3: return new Mfn(ulong.MaxValue >> (int)(rest % 20));
            case 4: return guest.Frames[(int)(rest % TinyGuest.Tables)];
            case 5: return guest.IsAlive ? guest.Domain.SharedInfoFrame : default;
            case 6: return new Mfn(rest % 600);
            default: return guest.Frames[(int)(Reserved + rest % (uint)(guest.Frames.Count - Reserved))];
        }
    }

    /// <summary>An address within the guest's first mappings, or near an edge.</summary>
    public static ulong Address(uint number) => (number & 31) switch
    {
        0 => ulong.MaxValue - (number >> 5) % 8192,
        1 => 0x0000_7fff_ffff_f000,
        2 => 0x0000_8000_0000_0000,
        3 => Layout.Start + (ulong)(number >> 5) * 4096,
        4 => Layout.End - 4096,
        5 => (ulong)(number >> 5) << 12,
        6 => TinyGuest.Origin + ((ulong)(number >> 5) % 1024 << 21),
        _ => TinyGuest.AddressOf((int)((number >> 5) % 64)),
    };

    /// <summary>The flags of an entry: valid ones mostly.</summary>
    public static ulong Flags(uint number)
    {
        const ulong present = PageTableEntry.Present, write = PageTableEntry.Writable, user = PageTableEntry.User;
        return (number % 24) switch
        {
            0 => 0,
            1 => write | user,
            2 => present | write | user | PageTableEntry.WriteThrough,
            3 => present | user | PageTableEntry.AttributeTable,
            4 => present | write | user | PageTableEntry.Global,
            5 => present | user | PageTableEntry.NoExecute,
            6 => present | write | user | PageTableEntry.GuestKernel | PageTableEntry.Available,
            7 => present | user | PageTableEntry.CacheDisable,
            8 => present,
            9 => present | write,
            < 17 => present | write | user | PageTableEntry.Accessed | PageTableEntry.Dirty,
            _ => present | user | PageTableEntry.Accessed,
        };
    }

    /// <summary>A domain id as a hypercall names it: mostly the caller.</summary>
    public static ushort Domain(List<TinyGuest> guests, uint number) => (number % 12) switch
    {
        0 => (ushort)(number / 12 % 6),
        1 => DomainIds.Io,
        2 => DomainIds.Xen,
        3 => (ushort)(number >> 16),
        _ => DomainIds.Self,
    };

    /// <summary>A segment descriptor: flat ring 3 mostly.</summary>
    public static ulong Descriptor(uint number) => (number & 7) switch
    {
        0 => 0x00cf_9a00_0000_ffff,
        1 => 0x00cf_ec00_0000_ffff,
        2 => 0x0000_8900_0000_ffff,
        3 => (ulong)number << 32 | number,
        4 => 0,
        _ => 0x00cf_f200_0000_ffff,
    };
}
