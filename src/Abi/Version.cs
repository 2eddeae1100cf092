using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of xen_version (version.h).</summary>
public enum VersionCommand : uint
{
    Version = 0,
    ExtraVersion = 1,
    CompileInfo = 2,
    Capabilities = 3,
    Changeset = 4,
    PlatformParameters = 5,
    GetFeatures = 6,
    PageSize = 7,
    GuestHandle = 8,
    CommandLine = 9,
    BuildId = 10,
}

/// <summary>Bytes of the texts that xen_version returns, NUL included (version.h).</summary>
public static class VersionLengths
{
    public const int ExtraVersion = 16;
    public const int Capabilities = 1024;
    public const int Changeset = 64;
    public const int CommandLine = 1024;
}

/// <summary>Result of CompileInfo (struct xen_compile_info of version.h, 144 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VersionCompileInfo
{
    public VersionCompiler Compiler;
    public VersionCompileBy CompileBy;
    public VersionCompileText CompileDomain;
    public VersionCompileText CompileDate;
}

/// <summary>A NUL-terminated text of VersionCompileInfo (64 bytes).</summary>
public struct VersionCompiler
{
    /// <summary>Number of elements.</summary>
    public const int Length = 64;

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

/// <summary>A NUL-terminated text of VersionCompileInfo (16 bytes).</summary>
public struct VersionCompileBy
{
    /// <summary>Number of elements.</summary>
    public const int Length = 16;

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

/// <summary>A NUL-terminated text of VersionCompileInfo (32 bytes).</summary>
public struct VersionCompileText
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

/// <summary>Result of PlatformParameters (struct xen_platform_parameters of version.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VersionPlatformParameters
{
    /// <summary>Where the hypervisor's part of the address space starts.</summary>
    public ulong VirtualStart;
}

/// <summary>Argument and result of GetFeatures (struct xen_feature_info of version.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VersionFeatureInfo
{
    /// <summary>In; only zero exists.</summary>
    public uint SubmapIndex;
    /// <summary>Out; bit numbers are Feature.</summary>
    public uint Submap;
}

/// <summary>Head of the result of BuildId (struct xen_build_id of version.h, 4 bytes); the bytes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VersionBuildId
{
    /// <summary>Bytes that follow.</summary>
    public uint Length;
}
