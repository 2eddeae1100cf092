using System;
using System.Buffers.Binary;
using Serai.Abi;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Reads the notes of owner "Xen" out of an ELF file's PT_NOTE segments, or where those have none out of its SHT_NOTE sections (System V ABI: name
/// and descriptor padded to 4 bytes).
/// </summary>
internal static class XenNotes
{
    private const int NoteHeaderSize = 12;

    private static ReadOnlySpan<byte> Owner => "Xen\0"u8;

    /// <summary>Gathers all notes; <see cref="ImageError.NoXenNotes"/> when there is not one of ours.</summary>
    public static ImageError Read(in Elf elf, ReadOnlySpan<byte> file, out KernelNotes notes)
    {
        notes = default;
        bool found = false;
        for (int index = 0; index < elf.SegmentCount; index++)
        {
            ImageError error = ReadNotes(elf.Segment(file, index), file, ref notes, ref found);
            if (error != ImageError.None)
                return error;
        }
        for (int index = 0; !found && index < elf.SectionCount; index++)
        {
            ImageError error = ReadNotes(elf.Section(file, index), file, ref notes, ref found);
            if (error != ImageError.None)
                return error;
        }
        if (!found)
            return ImageError.NoXenNotes;
        return notes.MissesFeature ? ImageError.FeatureMissing : ImageError.None;
    }

    private static ImageError ReadNotes(in ElfSegment segment, ReadOnlySpan<byte> file, ref KernelNotes notes, ref bool found)
    {
        if (segment.Type != ElfSegmentType.Note || !segment.LiesInFile(file.Length))
            return ImageError.None;
        ReadOnlySpan<byte> data = segment.Data(file);
        ByteReader reader = default;
        while (reader.Remaining(data) >= NoteHeaderSize)
        {
            uint nameSize = reader.UInt32(data);
            uint size = reader.UInt32(data);
            var type = (ElfNote)reader.UInt32(data);
            ReadOnlySpan<byte> name = Padded(ref reader, data, nameSize);
            ReadOnlySpan<byte> value = Padded(ref reader, data, size);
            if (reader.Failed)
                return ImageError.BadXenNote;
            if (!name.SequenceEqual(Owner))
                continue;
            found = true;
            ImageError error = Apply(type, value, ref notes);
            if (error != ImageError.None)
                return error;
        }
        return ImageError.None;
    }

    /// <summary>Takes a field and the zeros that fill it up to four bytes, which may lack at the segment's end.</summary>
    private static ReadOnlySpan<byte> Padded(ref ByteReader reader, ReadOnlySpan<byte> data, uint size)
    {
        ReadOnlySpan<byte> bytes = reader.Bytes(data, size > int.MaxValue ? -1 : (int)size);
        int padding = -bytes.Length & 3;
        reader.Bytes(data, Math.Min(padding, reader.Remaining(data)));
        return bytes;
    }

    private static ImageError Apply(ElfNote type, ReadOnlySpan<byte> value, ref KernelNotes notes)
    {
        switch (type)
        {
            case ElfNote.XenVersion:
                return value.StartsWith("xen-3"u8) ? ImageError.None : ImageError.WrongInterface;
            case ElfNote.Loader:
                return value.StartsWith("generic"u8) ? ImageError.None : ImageError.WrongInterface;
            case ElfNote.Features:
                XenFeatures.Parse(value, ref notes);
                return ImageError.None;
            case ElfNote.L1MfnValid:
                return value.Length < 16 ? ImageError.BadXenNote : ImageError.None;
            case ElfNote.Entry or ElfNote.HypercallPage or ElfNote.VirtualBase or ElfNote.PhysicalOffset or ElfNote.HypervisorStartLow
                or ElfNote.SuspendCancel or ElfNote.InitialP2m or ElfNote.ModuleStartPfn or ElfNote.SupportedFeatures:
                return ApplyNumber(type, value, ref notes);
            default:
                return ImageError.None;
        }
    }

    private static ImageError ApplyNumber(ElfNote type, ReadOnlySpan<byte> value, ref KernelNotes notes)
    {
        if (value.Length is not (4 or 8))
            return ImageError.BadXenNote;
        ulong number = value.Length == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(value) : BinaryPrimitives.ReadUInt32LittleEndian(value);
        switch (type)
        {
            case ElfNote.Entry: notes.Entry = number; break;
            case ElfNote.HypercallPage: notes.HypercallPage = number; break;
            case ElfNote.VirtualBase: notes.VirtualBase = number; break;
            case ElfNote.PhysicalOffset: notes.PhysicalOffset = number; break;
            case ElfNote.InitialP2m: notes.InitialP2m = number; break;
            case ElfNote.ModuleStartPfn: notes.ModuleStartIsPfn = number != 0; break;
            case ElfNote.SupportedFeatures:
                notes.SupportedFeatures |= number;
                notes.TellsSupportedFeatures = true;
                break;
        }
        return ImageError.None;
    }
}
