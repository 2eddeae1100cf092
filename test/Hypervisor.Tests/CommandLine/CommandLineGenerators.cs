using System;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Serai.Hypervisor.Tests.CommandLine;

/// <summary>Command lines for the properties: plain noise, and noise made of the grammar's own pieces, which reaches deeper.</summary>
internal static class CommandLineGenerators
{
    private static readonly string[] Pieces =
    [
        "dom0_mem", "dom0_max_vcpus", "dom0_vcpus_pin", "maxcpus", "com1", "console", "loglvl", "guest_loglvl", "noreboot", "sched",
        "sched_ratelimit_us", "placeholder", "weight", "warp", "warpl", "warpu",
        "domain", "memory", "maxmem", "vcpus", "ramdisk", "--", "=", "=", "=", ",", ":", "/", " ", " ", " ", "\t", "\0", "min:", "max:", "-",
        "512M", "1G", "0", "0x", "0x10", "18446744073709551615", "18446744073709551616T", "115200", "8n1", "auto", "vga", "none", "all",
        "vmlinuz", "alpha", "\u00ff", "KkMmGgTtBb", "32", "33",
    ];

    /// <summary>Any bytes at all.</summary>
    public static Gen<byte[]> Noise => ArbMap.Default.GeneratorFor<byte[]>();

    /// <summary>The grammar's words in any order.</summary>
    public static Gen<byte[]> Babble => Gen.Elements(Pieces).ArrayOf().Select(pieces => Encoding.Latin1.GetBytes(string.Concat(pieces)));

    /// <summary>Either.</summary>
    public static Arbitrary<byte[]> AnyLine => Gen.OneOf(Noise, Babble).ToArbitrary();

    /// <summary>Names that a domain may have.</summary>
    public static Gen<string> DomainName => Text("abzAZ09._+-", 1, 31).Where(name => name[0] != '-');

    /// <summary>Sizes as they are written, with what they mean in bytes.</summary>
    public static Gen<(string Text, ulong Bytes)> Size =>
        from number in Gen.Choose(4096, int.MaxValue)
        from unit in Gen.Elements("B", "b", "K", "k", "M", "m", "G", "g", "T", "t", "")
        from hexadecimal in ArbMap.Default.GeneratorFor<bool>()
        where !(hexadecimal && (unit is "b" or "B"))
        let shift = unit.ToUpperInvariant() switch { "B" => 0, "M" => 20, "G" => 30, "T" => 40, _ => 10 }
        where number <= long.MaxValue >> shift
        select ((hexadecimal ? "0x" + number.ToString("x") : number.ToString()) + unit, (ulong)number << shift);

    private static Gen<string> Text(string alphabet, int least, int most) =>
        Gen.Choose(least, most).SelectMany(length =>
            Gen.Elements(alphabet.ToCharArray()).ArrayOf(length).Select(symbols => new string(symbols)));
}
