using System;

using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>The addresses that a record may be said to lie at: nowhere, where nobody may read, half there, and there.</summary>
internal static class Edge
{
    /// <summary>How many there are.</summary>
    internal const int Count = 13;

    /// <summary>From here on the addresses are the pages that <see cref="Prepare"/> takes.</summary>
    internal const int UnmappedIndex = 8;

    private const int StraddlingIndex = 9, ReadOnlyIndex = 10, ZerosIndex = 11, OnesIndex = 12;

    private static ulong unmapped, readOnly, zeros, ones;

    /// <summary>A page of zeros.</summary>
    internal static ulong Zeros => zeros;

    /// <summary>A page of ones.</summary>
    internal static ulong Ones => ones;

    /// <summary>A page of zeros that cannot be written.</summary>
    internal static ulong ReadOnly => readOnly;

    /// <summary>A page that is not there, behind one that is.</summary>
    internal static ulong Unmapped => unmapped;

    /// <summary>Takes the pages.</summary>
    internal static void Prepare()
    {
        zeros = Frames.Take();
        ones = Frames.Take();
        readOnly = Frames.TakeProtected();
        Frames.Take();
        unmapped = Frames.Take();
        if (Mmu.Map(unmapped, 0) != 0)
            Failure.Stop("a page cannot be unmapped"u8, unmapped);
        Refill();
    }

    /// <summary>Makes the pages what they are called again.</summary>
    internal static void Refill()
    {
        Frames.Words(zeros).Clear();
        Frames.Words(ones).Fill(ulong.MaxValue);
    }

    /// <summary>The address of a number below <see cref="Count"/>.</summary>
    internal static ulong Address(int index) => index switch
    {
        0 => 0,
        1 => 8,
        2 => 0x7fff_ffff_fff8,
        3 => 0x8000_0000_0000,
        4 => 0xffff_8000_0000_0000,
        5 => 0xffff_8300_0000_0000,
        6 => 0xffff_87ff_ffff_fff8,
        7 => ulong.MaxValue,
        UnmappedIndex => unmapped,
        StraddlingIndex => unmapped - 1,
        ReadOnlyIndex => readOnly,
        ZerosIndex => zeros,
        _ => ones,
    };

    /// <summary>Its name.</summary>
    internal static ReadOnlySpan<byte> Name(int index) => index switch
    {
        0 => "null"u8,
        1 => "low"u8,
        2 => "low-end"u8,
        3 => "non-canonical"u8,
        4 => "hypervisor-start"u8,
        5 => "hypervisor"u8,
        6 => "hypervisor-end"u8,
        7 => "top"u8,
        UnmappedIndex => "unmapped"u8,
        StraddlingIndex => "straddling"u8,
        ReadOnlyIndex => "read-only"u8,
        ZerosIndex => "zeros"u8,
        _ => "ones"u8,
    };

    /// <summary>Whether there is a whole record to read at that address.</summary>
    internal static bool IsReadable(int index) => index is ReadOnlyIndex or ZerosIndex or OnesIndex;
}
