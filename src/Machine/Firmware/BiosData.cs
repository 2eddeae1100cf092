using Serai.Machine.Memory;

namespace Serai.Machine.Firmware;

/// <summary>What a BIOS leaves in its data area at 0x400, for who comes after it.</summary>
public static class BiosData
{
    private const ulong ShiftFlags = 0x417;

    /// <summary>Which keys of the keyboard are held or locked, as INT 16h, AH=02h tells: a bit each, NumLock's 0x20.</summary>
    public static byte KeyboardShiftFlags => DirectMap.At<byte>(new(ShiftFlags));
}
