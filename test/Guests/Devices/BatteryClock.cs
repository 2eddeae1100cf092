using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Devices;

/// <summary>
/// The wall clock that every guest is told comes from the RTC. Whoever adds wrongly, or reads it while it changes, gives all guests another
/// time; so the initial domain waits for the beginning of one of its seconds and compares.
/// </summary>
internal static class BatteryClock
{
    private const byte Seconds = 0, Minutes = 2, Hours = 4, RegisterB = 11, Binary = 0x04, Hours24 = 0x02;
    private const ulong Second = 1_000_000_000, Hour = 3600, Day = 24 * Hour;

    internal static void Run()
    {
        Verdict.ExpectDone(Ports.SetLevel(1), "set_iopl"u8);
        Verdict.Expect((Read(RegisterB) & Hours24) != 0, "the RTC counts twelve hours"u8);
        byte before = Read(Seconds);
        while (Read(Seconds) == before)
            Hypercalls.Yield();
        ulong wall = (Guest.SharedInfo.WallClockSeconds * Second) + Guest.SharedInfo.WallClockNanoseconds + Clock.Now;
        ulong battery = ((Number(Hours) * Hour) + (Number(Minutes) * 60) + Number(Seconds)) * Second;
        ulong ahead = (wall + (Day * Second / 2) - battery) % (Day * Second), half = Day * Second / 2;
        Verdict.Expect(ahead > half - Second, "the wall clock is a second behind the RTC, or more"u8);
        Verdict.Expect(ahead < half + Second, "the wall clock is a second before the RTC, or more"u8);
        Ports.SetLevel(0);
    }

    private static ulong Number(byte register)
    {
        byte value = Read(register);
        return (Read(RegisterB) & Binary) != 0 ? value : ((ulong)(value >> 4) * 10) + (value & 15u);
    }

    private static byte Read(byte register)
    {
        Ports.Out8(0x70, register);
        return Ports.In8(0x71);
    }
}
