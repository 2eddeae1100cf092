using Serai.Machine.Memory;

namespace Serai.Machine.Firmware;

/// <summary>What a BIOS leaves in its data area at 0x400, for who comes after it.</summary>
public static class BiosData
{
    private const ulong ShiftFlags = 0x417, Mode = 0x449, Columns = 0x44a, Cursor = 0x450, LastRow = 0x484, CharacterHeight = 0x485;

    /// <summary>Which keys of the keyboard are held or locked, as INT 16h, AH=02h tells: a bit each, NumLock's 0x20.</summary>
    public static byte KeyboardShiftFlags => DirectMap.At<byte>(new(ShiftFlags));

    /// <summary>The video mode that was set last, as INT 10h, AH=00h takes it.</summary>
    public static byte VideoMode => DirectMap.At<byte>(new(Mode));

    /// <summary>Columns of the text screen.</summary>
    public static ushort TextColumns => DirectMap.At<ushort>(new(Columns));

    /// <summary>The number of the text screen's last row, the first being 0.</summary>
    public static byte LastTextRow => DirectMap.At<byte>(new(LastRow));

    /// <summary>How many lines of pixels a character has.</summary>
    public static ushort FontHeight => DirectMap.At<ushort>(new(CharacterHeight));

    /// <summary>The column and, above it, the row of the cursor on the first page, a byte each.</summary>
    public static ushort CursorPlace => DirectMap.At<ushort>(new(Cursor));
}
