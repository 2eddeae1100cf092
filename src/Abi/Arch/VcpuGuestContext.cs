using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>The whole state of a virtual CPU at its start or in a save (struct vcpu_guest_context of arch-x86/xen.h, 5168 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuGuestContext
{
    public FpuContext FpuContext;
    public VcpuContextFlags Flags;
    public UserRegs UserRegs;
    public TrapTable TrapTable;
    /// <summary>Linear address.</summary>
    public ulong LdtBase;
    public ulong LdtEntries;
    /// <summary>Machine frames.</summary>
    public GdtFrames GdtFrames;
    public ulong GdtEntries;
    public ulong KernelSs;
    /// <summary>The stack of the next change from user to kernel mode.</summary>
    public ulong KernelSp;
    public ControlRegisters ControlRegisters;
    public DebugRegisters DebugRegisters;
    public ulong EventCallback;
    public ulong FailsafeCallback;
    public ulong SyscallCallback;
    /// <summary>Bit numbers are VmAssistType.</summary>
    public ulong VmAssist;
    public ulong FsBase;
    public ulong GsBaseKernel;
    public ulong GsBaseUser;
}

/// <summary>The array ctrlreg of VcpuGuestContext (arch-x86/xen.h, 64 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ControlRegisters
{
    public ulong Cr0;
    /// <summary>Machine address of the user L4, zero for none.</summary>
    public ulong UserPageTable;
    public ulong Cr2;
    /// <summary>Machine address of the kernel's L4.</summary>
    public ulong Cr3;
    public ulong Cr4;
    public ulong Cr5;
    public ulong Cr6;
    public ulong Cr7;
}

/// <summary>The array debugreg of VcpuGuestContext (arch-x86/xen.h, 64 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DebugRegisters
{
    public ulong Dr0;
    public ulong Dr1;
    public ulong Dr2;
    public ulong Dr3;
    public ulong Dr4;
    public ulong Dr5;
    public ulong Dr6;
    public ulong Dr7;
}

/// <summary>Flags of VcpuGuestContext and of IretContext (arch-x86/xen.h, arch-x86/xen-x86_64.h).</summary>
[Flags]
public enum VcpuContextFlags : ulong
{
    None = 0,
    I387Valid = 1 << 0,
    InKernel = 1 << 2,
    FailsafeDisablesEvents = 1 << 3,
    SyscallDisablesEvents = 1 << 4,
    Online = 1 << 5,
    /// <summary>IretContext only.</summary>
    InSyscall = 1 << 8,
}

/// <summary>An FXSAVE image (512 bytes).</summary>
public struct FpuContext
{
    /// <summary>Number of elements.</summary>
    public const int Length = 512;

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

/// <summary>Handlers by vector (4096 bytes).</summary>
public struct TrapTable
{
    /// <summary>Number of elements.</summary>
    public const int Length = 256;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref TrapInfo this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<TrapInfo> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<TrapInfo> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private TrapInfo element;
    }
}

/// <summary>Machine frames of a guest's GDT; 14 at most may be used (128 bytes).</summary>
public struct GdtFrames
{
    /// <summary>Number of elements.</summary>
    public const int Length = 16;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref ulong this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<ulong> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<ulong> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private ulong element;
    }
}
