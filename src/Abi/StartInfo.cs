using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>What a PV kernel finds at RSI when it starts (struct start_info of xen.h, 1168 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StartInfo
{
    /// <summary>Begins with "xen-3" and is NUL-terminated.</summary>
    public StartInfoMagic Magic;
    /// <summary>Pages allocated to the domain.</summary>
    public ulong PageCount;
    /// <summary>Machine address of SharedInfo.</summary>
    public ulong SharedInfo;
    public StartInfoFlags Flags;
    /// <summary>Machine frame of the xenstore ring, zero for none.</summary>
    public ulong StoreFrame;
    /// <summary>Zero for no xenstore.</summary>
    public uint StoreEventPort;
    public StartInfoConsole Console;
    /// <summary>Virtual address of the L4.</summary>
    public ulong PageTableBase;
    /// <summary>Bootstrap page-table pages, contiguous from PageTableBase.</summary>
    public ulong PageTableFrames;
    /// <summary>Virtual address of the list of machine frames.</summary>
    public ulong P2mList;
    /// <summary>Virtual address of the initrd, or its frame with StartInfoFlags.ModuleStartIsFrame.</summary>
    public ulong ModuleStart;
    /// <summary>Bytes.</summary>
    public ulong ModuleLength;
    /// <summary>NUL-terminated.</summary>
    public StartInfoCommandLine CommandLine;
    /// <summary>First pseudo-physical frame of the list and its page tables.</summary>
    public ulong FirstP2mFrame;
    public ulong P2mFrames;
}

/// <summary>The console union of StartInfo (xen.h, 16 bytes): a ring for a guest, a description of the screen for domain 0.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct StartInfoConsole
{
    /// <summary>Machine frame of the console ring.</summary>
    [FieldOffset(0)] public ulong GuestFrame;
    /// <summary>Zero for no console.</summary>
    [FieldOffset(8)] public uint GuestEventPort;
    /// <summary>Offset of VgaConsoleInfo from the start of StartInfo.</summary>
    [FieldOffset(0)] public uint Dom0InfoOffset;
    [FieldOffset(4)] public uint Dom0InfoSize;
}

/// <summary>The text StartInfo.Magic, for example "xen-3.0-x86_64" (32 bytes).</summary>
public struct StartInfoMagic
{
    /// <summary>Number of elements.</summary>
    public const int Length = 32;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}

/// <summary>The kernel's command line (MAX_GUEST_CMDLINE of xen.h, 1024 bytes).</summary>
public struct StartInfoCommandLine
{
    /// <summary>Number of elements.</summary>
    public const int Length = 1024;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}

/// <summary>Flags of StartInfo (xen.h).</summary>
[Flags]
public enum StartInfoFlags : uint
{
    None = 0,
    Privileged = 1 << 0,
    InitialDomain = 1 << 1,
    /// <summary>ModuleStart is an array of MultibootModule.</summary>
    MultibootModules = 1 << 2,
    ModuleStartIsFrame = 1 << 3,
    VirtualP2mForTools = 1 << 4,
    PowerManagementMask = 0xFF << 8,
}

/// <summary>An element of the module list (struct xen_multiboot_mod_list of xen.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MultibootModule
{
    public uint Start;
    public uint End;
    public uint CommandLine;
    public uint Reserved;
}
