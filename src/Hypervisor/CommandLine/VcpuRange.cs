using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// How many virtual CPUs the initial domain has: as many as there are processors, but not fewer than one number and not more than another
/// (dom0_max_vcpus= in Xen's xen-command-line document).
/// </summary>
public struct VcpuRange
{
    public uint Least, Most;

    /// <summary>Takes `N`, `LEAST-MOST`, `LEAST-` or `-MOST`, each up to 4095; none at all is no range.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out VcpuRange range)
    {
        range = default;
        int sign = OptionText.IndexOf(value, (byte)'-');
        bool isOne = sign == value.Length;
        ReadOnlySpan<byte> least = value.Slice(0, sign), most = isOne ? least : value.Slice(sign + 1);
        return TryEnd(least, 0, out range.Least) && TryEnd(most, isOne ? 0 : uint.MaxValue, out range.Most) && range.Most != 0;
    }

    /// <summary>How many there are with so many processors.</summary>
    public readonly uint Resolve(uint processors) => Math.Max(Math.Min(Math.Max(processors, Least), Most), 1);

    private static bool TryEnd(ReadOnlySpan<byte> text, uint open, out uint end)
    {
        end = open;
        return text.IsEmpty || NumberText.TryNumber(text, BootOptionParser.CountLimit, out end);
    }
}
