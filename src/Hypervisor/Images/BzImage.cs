using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The Linux x86 boot protocol's file format, as far as finding the compressed kernel in it needs (Documentation/arch/x86/boot.rst).
/// </summary>
internal static class BzImage
{
    private const int SectorSize = 512;
    private const int SetupSectors = 0x1F1;
    private const int Signature = 0x202;
    private const int ProtocolVersion = 0x206;
    private const int PayloadOffset = 0x248;
    private const int PayloadLength = 0x24C;
    private const int HeaderEnd = 0x250;
    private const ushort FirstVersionWithPayload = 0x0208;

    /// <summary>Whether <paramref name="file"/> carries the setup header's signature.</summary>
    public static bool Recognize(ReadOnlySpan<byte> file) =>
        file.Length >= HeaderEnd && file.Slice(Signature, 4).SequenceEqual("HdrS"u8);

    /// <summary>Finds the compressed kernel of a file that <see cref="Recognize"/> accepted.</summary>
    public static ImageError FindPayload(ReadOnlySpan<byte> file, out int payloadOffset, out int payloadSize)
    {
        payloadOffset = payloadSize = 0;
        if (BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(ProtocolVersion)) < FirstVersionWithPayload)
            return ImageError.OldBootProtocol;
        // Zero stands for four, from the days of boot sectors alone; the boot sector itself comes on top.
        int sectors = file[SetupSectors] == 0 ? 4 : file[SetupSectors];
        ulong start = (ulong)((sectors + 1) * SectorSize) + BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(PayloadOffset));
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(PayloadLength));
        ulong size = (ulong)file.Length;
        if (length == 0)
            return ImageError.BadSetupHeader;
        if (start > size || length > size - start)
            return ImageError.Truncated;
        payloadOffset = (int)start;
        payloadSize = (int)length;
        return ImageError.None;
    }
}
