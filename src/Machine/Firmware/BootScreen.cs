using System;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Machine.Firmware;

/// <summary>
/// The screen as the loader left it: a frame buffer that it tells of (multiboot 1, framebuffer_addr and what follows; multiboot 2, tag 8), or else
/// the text screen of a BIOS.
/// </summary>
public static class BootScreen
{
    private const byte DirectColours = 1, ColourText = 3;
    private const uint BlockShift = 16, BlockMask = (1u << 16) - 1;

    private struct State
    {
        public VesaFrameBuffer FrameBuffer;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>
    /// Reads a loader's description: address, bytes per line, width, height, 4 bytes each but the first of 8; bits per pixel and kind, a byte each;
    /// where red, green and blue are in a pixel and how many bits each has. Multiboot 2 has two bytes more before the colours.
    /// </summary>
    public static void Tell(ulong place, bool isPadded)
    {
        ulong colours = place + (isPadded ? 24u : 22u);
        uint pitch = DirectMap.At<uint>(new(place + 8)), width = DirectMap.At<uint>(new(place + 12)), height = DirectMap.At<uint>(new(place + 16));
        if (Byte(place + 21) != DirectColours || pitch > ushort.MaxValue || width > ushort.MaxValue || height > ushort.MaxValue)
            return;
        Now.FrameBuffer = new VesaFrameBuffer
        {
            Width = (ushort)width,
            Height = (ushort)height,
            BytesPerLine = (ushort)pitch,
            BitsPerPixel = Byte(place + 20),
            Base = DirectMap.At<uint>(new(place)),
            BaseHigh = DirectMap.At<uint>(new(place + 4)),
            Size = (pitch * height >> (int)BlockShift) + ((pitch * height & BlockMask) != 0 ? 1u : 0),
            RedPosition = Byte(colours),
            RedSize = Byte(colours + 1),
            GreenPosition = Byte(colours + 2),
            GreenSize = Byte(colours + 3),
            BluePosition = Byte(colours + 4),
            BlueSize = Byte(colours + 5),
        };
        SetRest(ref Now.FrameBuffer);
    }

    /// <summary>The bits of a pixel above its colours.</summary>
    private static void SetRest(ref VesaFrameBuffer buffer)
    {
        int red = buffer.RedPosition + buffer.RedSize, green = buffer.GreenPosition + buffer.GreenSize, blue = buffer.BluePosition + buffer.BlueSize;
        int end = Math.Max(red, Math.Max(green, blue));
        if (end >= buffer.BitsPerPixel)
            return;
        buffer.ReservedPosition = (byte)end;
        buffer.ReservedSize = (byte)(buffer.BitsPerPixel - end);
    }

    /// <summary>Describes the screen for the initial domain; false where nothing is known of one.</summary>
    /// <param name="isWritten">Whether the text screen has been written to since, at its bottom line.</param>
    /// <param name="screen">The place in start_info, cleared.</param>
    public static bool TryDescribe(bool isWritten, ref VgaConsoleInfo screen)
    {
        if (Now.FrameBuffer.Width != 0)
        {
            screen.VideoType = BootInformation.EfiTable != 0 ? VgaConsoleType.EfiFrameBuffer : VgaConsoleType.VesaFrameBuffer;
            screen.FrameBuffer = Now.FrameBuffer;
            return true;
        }
        if (BootInformation.EfiTable != 0 || BiosData.VideoMode != ColourText)
            return false;
        // A BIOS of before 1987 leaves the number of rows 0.
        ushort rows = (ushort)(OrUsual(BiosData.LastTextRow, 24) + 1);
        screen.VideoType = VgaConsoleType.TextMode3;
        screen.TextMode3 = new VgaTextMode3
        {
            FontHeight = OrUsual(BiosData.FontHeight, 16),
            CursorX = isWritten ? (ushort)0 : (ushort)(BiosData.CursorPlace & byte.MaxValue),
            CursorY = isWritten ? (ushort)(rows - 1) : (ushort)(BiosData.CursorPlace >> 8),
            Rows = rows,
            Columns = OrUsual(BiosData.TextColumns, 80),
        };
        return true;
    }

    private static ushort OrUsual(ushort told, ushort usual) => told != 0 ? told : usual;

    private static byte Byte(ulong address) => DirectMap.At<byte>(new(address));
}
