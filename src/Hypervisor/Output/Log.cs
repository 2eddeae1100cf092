using System;

using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Ground;

namespace Serai.Hypervisor.Output;

/// <summary>
/// A line of the hypervisor's log, written piece by piece: `Log.Info().Text("x "u8).Number(5).End()`. Below the threshold nothing is written,
/// nor, while guests run, where the terminal has no room: nobody is kept waiting for a line of the hypervisor's.
/// </summary>
public readonly struct Log
{
    private readonly bool isOn;

    private Log(bool on) => isOn = on && HypervisorConsole.TryBeginLine();

    /// <summary>Something that whoever looks at the console must know, whatever the threshold.</summary>
    public static Log Always() => new(true);

    /// <summary>What happens.</summary>
    public static Log Info() => new(BootOptions.Chosen.Log.Always >= LogLevel.Info);

    /// <summary>
    /// Something that a guest did wrong, by guest_loglvl=: at or below its first level always, up to its second one at most so many lines a
    /// second, since a guest could write without end.
    /// </summary>
    public static Log GuestWarning()
    {
        const LogLevel level = LogLevel.Warning;
        LogThreshold threshold = BootOptions.Chosen.GuestLog;
        return new(level <= threshold.Always || (level <= threshold.Limited && IsWithinBudget()));
    }

    private static bool IsWithinBudget()
    {
        const ulong second = 1_000_000_000;
        const uint linesPerSecond = 10;
        ulong now = SystemTime.Now / second;
        if (now != OutputState.Now.LogBudgetSecond)
            (OutputState.Now.LogBudgetSecond, BudgetUsed) = (now, 0);
        return BudgetUsed < linesPerSecond && BudgetUsed++ < linesPerSecond;
    }

    private static ref uint BudgetUsed => ref OutputState.Now.LogBudgetUsed;

    /// <summary>Writes text.</summary>
    public Log Text(ReadOnlySpan<byte> text)
    {
        if (isOn)
            HypervisorConsole.Write(text);
        return this;
    }

    /// <summary>Writes text that came from outside: like all text, with a question mark for what is not printable ASCII.</summary>
    public Log Foreign(ReadOnlySpan<byte> text) => Text(text);

    /// <summary>Writes one byte.</summary>
    public Log Letter(byte letter)
    {
        ReadOnlySpan<byte> one = new(in letter);
        return Text(one);
    }

    /// <summary>Writes a number in decimal.</summary>
    public Log Number(ulong value)
    {
        ulong divisor = 1;
        for (ulong rest = value; rest >= 10; rest /= 10)
            divisor *= 10;
        for (; divisor > 0; divisor /= 10)
            Letter((byte)('0' + value / divisor % 10));
        return this;
    }

    /// <summary>Writes a number in hexadecimal, with 0x, at least `digits` long.</summary>
    public Log Hex(ulong value, int digits = 1)
    {
        Text("0x"u8);
        int shift = 60;
        while (shift > (digits - 1) * 4 && value >> shift == 0)
            shift -= 4;
        for (; shift >= 0; shift -= 4)
        {
            uint digit = (uint)(value >> shift & 15);
            Letter((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
        return this;
    }

    /// <summary>Ends the line.</summary>
    public void End()
    {
        if (isOn)
            HypervisorConsole.EndLine();
    }
}
