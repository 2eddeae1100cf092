using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>The screen as the boot loader left it, for domain 0 (struct dom0_vga_console_info of xen.h, 40 bytes).</summary>
[StructLayout(LayoutKind.Explicit)]
public struct VgaConsoleInfo
{
    [FieldOffset(0)] public VgaConsoleType VideoType;
    [FieldOffset(4)] public VgaTextMode3 TextMode3;
    [FieldOffset(4)] public VesaFrameBuffer FrameBuffer;
}

/// <summary>The kinds of VgaConsoleInfo (xen.h).</summary>
public enum VgaConsoleType : byte
{
    TextMode3 = 0x03,
    VesaFrameBuffer = 0x23,
    EfiFrameBuffer = 0x70,
}

/// <summary>Text mode 3 in VgaConsoleInfo (xen.h, 10 bytes); cursor and size in characters.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VgaTextMode3
{
    public ushort FontHeight;
    public ushort CursorX;
    public ushort CursorY;
    public ushort Rows;
    public ushort Columns;
}

/// <summary>A linear frame buffer in VgaConsoleInfo (xen.h, 36 bytes); sizes in pixels, positions and widths of colours in bits.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VesaFrameBuffer
{
    public ushort Width;
    public ushort Height;
    public ushort BytesPerLine;
    public ushort BitsPerPixel;
    /// <summary>Physical address, low half.</summary>
    public uint Base;
    /// <summary>In units of 64 KiB.</summary>
    public uint Size;
    public byte RedPosition;
    public byte RedSize;
    public byte GreenPosition;
    public byte GreenSize;
    public byte BluePosition;
    public byte BlueSize;
    public byte ReservedPosition;
    public byte ReservedSize;
    public uint GlobalCapabilities;
    public ushort ModeAttributes;
    public ushort Reserved;
    public uint BaseHigh;
}
