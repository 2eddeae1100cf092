using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>One program header; addresses and sizes in bytes, as in the file.</summary>
public readonly struct ElfSegment
{
    /// <summary>The size of a header in the file.</summary>
    internal const int HeaderSize = 56;

    internal ElfSegment(ReadOnlySpan<byte> header)
    {
        Flags = (ElfSegmentFlags)BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4));
        FileOffset = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(8));
        VirtualAddress = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(16));
        PhysicalAddress = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(24));
        FileSize = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(32));
        MemorySize = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(40));
    }

    /// <summary>What the mapping is for.</summary>
    public ElfSegmentFlags Flags { get; }

    /// <summary>Offset of the data in the file.</summary>
    public ulong FileOffset { get; }

    /// <summary>p_vaddr. Not for placing: Linux has a segment at virtual address 0.</summary>
    public ulong VirtualAddress { get; }

    /// <summary>p_paddr: where to load, before the PADDR_OFFSET note is taken off.</summary>
    public ulong PhysicalAddress { get; }

    /// <summary>Bytes in the file.</summary>
    public ulong FileSize { get; }

    /// <summary>Bytes in memory; those beyond <see cref="FileSize"/> are zero.</summary>
    public ulong MemorySize { get; }

    /// <summary>The segment's data in <paramref name="file"/>, the file it was read from.</summary>
    public ReadOnlySpan<byte> Data(ReadOnlySpan<byte> file) => file.Slice((int)FileOffset, (int)FileSize);

    internal bool LiesInFile(int length) => FileOffset <= (ulong)length && FileSize <= (ulong)length - FileOffset;
}

/// <summary>p_flags.</summary>
[Flags]
public enum ElfSegmentFlags : uint
{
    Execute = 1,
    Write = 2,
    Read = 4,
}

/// <summary>The values of p_type that matter here.</summary>
internal enum ElfSegmentType : uint
{
    Load = 1,
    Note = 4,
}

/// <summary>The program headers of one type, for foreach.</summary>
public ref struct ElfSegments
{
    private readonly ElfSegmentType _type;
    private ReadOnlySpan<byte> _rest;

    internal ElfSegments(ReadOnlySpan<byte> table, ElfSegmentType type)
    {
        _rest = table;
        _type = type;
        Current = default;
    }

    /// <summary>The segment at hand.</summary>
    public ElfSegment Current { get; private set; }

    /// <summary>This enumeration, from its start.</summary>
    public readonly ElfSegments GetEnumerator() => this;

    /// <summary>Goes to the next segment; false when there is none.</summary>
    public bool MoveNext()
    {
        while (_rest.Length >= ElfSegment.HeaderSize)
        {
            ReadOnlySpan<byte> header = _rest;
            _rest = _rest.Slice(ElfSegment.HeaderSize);
            if ((ElfSegmentType)BinaryPrimitives.ReadUInt32LittleEndian(header) != _type)
                continue;
            Current = new ElfSegment(header);
            if (_type != ElfSegmentType.Load || Current.MemorySize != 0)
                return true;
        }
        return false;
    }
}
