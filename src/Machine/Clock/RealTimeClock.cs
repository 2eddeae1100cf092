using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>The battery clock (MC146818), read as UTC.</summary>
public static class RealTimeClock
{
    /// <summary>How long the processor sleeps between two looks for the beginning of a second, in nanoseconds.</summary>
    private const ulong BetweenLooks = 500_000;

    private static uint Register(byte index)
    {
        Port.Out8(0x70, index);
        return Port.In8(0x71);
    }

    /// <summary>
    /// Seconds since 1970. The clock tells whole seconds, so the true time is up to one second later; reading twice the same keeps half-changed
    /// values out.
    /// </summary>
    public static ulong ReadSeconds()
    {
        ulong previous = ReadOnce();
        for (int turn = 0; turn < 8; turn++)
        {
            ulong next = ReadOnce();
            if (next == previous)
                return next;
            previous = next;
        }
        return previous;
    }

    /// <summary>
    /// Waits for a second to begin and returns it; a clock that stands still is given up after one and a quarter by the time-stamp counter, which
    /// must have been measured, as the timer. It is looked for twice a millisecond, and the processor sleeps in between.
    /// </summary>
    public static ulong ReadBeginningSecond()
    {
        ulong start = TimeSource.Now, longest = TimeSource.Hertz + TimeSource.Hertz / 4;
        uint first = Register(0);
        while (Register(0) == first && Duration.Between(start, TimeSource.Now) < longest)
        {
            LocalApic.SetTimer(BetweenLooks);
            Idle.Wait();
        }
        LocalApic.StopTimer();
        return ReadSeconds();
    }

    private static ulong ReadOnce()
    {
        for (uint turn = 0; turn < 100_000 && (Register(0xa) & 0x80) != 0; turn++)
        {
        }
        uint mode = Register(0xb);
        bool binary = (mode & 4) != 0;
        uint second = Decode(Register(0), binary), minute = Decode(Register(2), binary), rawHour = Register(4);
        uint day = Decode(Register(7), binary), month = Decode(Register(8), binary), year = Decode(Register(9), binary);
        uint hour = Decode(rawHour & 0x7f, binary);
        if ((mode & 2) == 0)
            hour = hour % 12 + ((rawHour & 0x80) != 0 ? 12u : 0u);
        uint century = Decode(Register(0x32), binary);
        ulong fullYear = year + 100ul * (century is >= 19 and < 30 ? century : 20u);
        return DaysSince1970(fullYear, month, day) * 86_400 + hour * 3600ul + minute * 60ul + second;
    }

    private static uint Decode(uint value, bool binary) => binary ? value : (value >> 4) * 10 + (value & 15);

    private static ulong DaysSince1970(ulong year, uint month, uint day)
    {
        ulong shiftedYear = month <= 2 ? year - 1 : year;
        ulong shiftedMonth = (month + 9u) % 12;
        ulong dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1;
        return shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468;
    }
}
