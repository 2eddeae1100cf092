using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// The name given with sched=, kept as written for whoever chooses the scheduler; empty if none was given. It is held in two words,
/// little-endian, because the loader's text does not outlive the start and an inline array would ask for Unsafe.
/// </summary>
public struct SchedulerName
{
    /// <summary>The longest name kept, in bytes.</summary>
    public const int GreatestLength = 16;

    private ulong low;
    private ulong high;

    /// <summary>Bytes of the name; 0: none was given.</summary>
    public int Length { readonly get; private set; }

    /// <summary>Whether this is the name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) =>
        TryParse(name, out SchedulerName other) && (other.low, other.high, other.Length) == (low, high, Length);

    /// <summary>Keeps a name of 1 to 16 bytes; false if it is shorter or longer.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SchedulerName name)
    {
        name = default;
        if (text.Length is 0 or > GreatestLength)
            return false;
        for (int i = 0; i < text.Length; i++)
        {
            ulong symbol = (ulong)text[i] << ((i & 7) * 8);
            if (i < 8)
                name.low |= symbol;
            else
                name.high |= symbol;
        }
        name.Length = text.Length;
        return true;
    }
}
