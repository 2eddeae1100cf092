using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>The RTC's registers (MC146818), read as UTC. Where there is no such clock its ports read as ones.</summary>
public static class BatteryClock
{
    private const uint Updating = 0x80, MostLooks = 100_000;

    /// <summary>A register's byte.</summary>
    public static uint Register(byte index)
    {
        Port.Out8(0x70, index);
        return Port.In8(0x71);
    }

    /// <summary>
    /// Seconds since 1970. The clock tells whole seconds, so the true time is up to one second later; reading twice the same keeps half-changed
    /// values out. False where there is no clock, or none that tells a date.
    /// </summary>
    public static bool TryRead(out ulong seconds)
    {
        if (!TryReadOnce(out seconds))
            return false;
        for (int turn = 0; turn < 8; turn++)
        {
            ulong previous = seconds;
            if (!TryReadOnce(out seconds))
                return false;
            if (seconds == previous)
                break;
        }
        return true;
    }

    private static bool TryReadOnce(out ulong seconds)
    {
        seconds = 0;
        uint turn = 0;
        while ((Register(0xa) & Updating) != 0)
        {
            if (turn++ == MostLooks)
                return false;
        }
        uint mode = Register(0xb);
        bool binary = (mode & 4) != 0;
        uint second = Decode(Register(0), binary), minute = Decode(Register(2), binary), rawHour = Register(4);
        uint day = Decode(Register(7), binary), month = Decode(Register(8), binary), year = Decode(Register(9), binary);
        uint hour = Decode(rawHour & 0x7f, binary);
        if ((mode & 2) == 0)
            hour = hour % 12 + ((rawHour & 0x80) != 0 ? 12u : 0u);
        if (second > 59 || minute > 59 || hour > 23 || day is 0 or > 31 || month is 0 or > 12 || year > 99)
            return false;
        uint century = Decode(Register(0x32), binary);
        ulong fullYear = year + 100ul * (century is >= 19 and < 30 ? century : 20u);
        if (fullYear < 1970)
            return false;
        seconds = DaysSince1970(fullYear, month, day) * 86_400 + hour * 3600ul + minute * 60ul + second;
        return true;
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
