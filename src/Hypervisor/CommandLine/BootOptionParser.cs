using System;

using Serai.Machine.Processor;

namespace Serai.Hypervisor.CommandLine;

/// <summary>Reads the hypervisor's command line into <see cref="BootOptions"/>.</summary>
public static class BootOptionParser
{
    /// <summary>Processors and virtual processors that a number on the command line may name at most.</summary>
    public const uint CountLimit = 4095;

    /// <summary>
    /// Reads the options of <paramref name="arguments"/> (without the image's name: <see cref="LoaderLine.Arguments"/>) up to a
    /// word <c>--</c>. A later option overrides an earlier one. What is not understood goes to the sink and changes nothing.
    /// </summary>
    public static BootOptions Parse<TSink>(ReadOnlySpan<byte> arguments, ref TSink sink)
        where TSink : struct, IOptionSink, allows ref struct
    {
        BootOptions options = BootOptions.Default;
        var words = new Words();
        while (words.Next(arguments))
        {
            ReadOnlySpan<byte> word = words.Word.Of(arguments);
            if (LoaderLine.IsDashes(word))
                break;
            bool? good = Take(ref options, word);
            if (good is null)
                sink.Unknown(word);
            else if (good == false)
                sink.BadValue(word);
        }
        return options;
    }

    /// <summary>Takes a word: null where there is no such option; false, with nothing taken, where the value is not one of the option's.</summary>
    private static bool? Take(ref BootOptions options, ReadOnlySpan<byte> word)
    {
        // Debian's GRUB puts this word in front, for loaders that drop the first one.
        if (OptionText.Same(word, "placeholder"u8))
            return true;
        int sign = OptionText.IndexOf(word, (byte)'=');
        BootOptions changed = options;
        bool? good = TakeValue(ref changed, word.Slice(0, sign), sign == word.Length ? [] : word.Slice(sign + 1));
        if (good == true)
            options = changed;
        return good;
    }

    private static bool? TakeValue(ref BootOptions options, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name switch
    {
        _ when OptionText.Same(name, "dom0_mem"u8) => InitialDomainMemory.TryParse(value, out options.Dom0Memory),
        _ when OptionText.Same(name, "dom0_max_vcpus"u8) => VcpuRange.TryParse(value, out options.Dom0MaxVcpus),
        _ when OptionText.Same(name, "dom0_vcpus_pin"u8) => NumberText.TryTruth(value, out options.Dom0VcpusPin),
        _ when OptionText.Same(name, "maxcpus"u8) => TryCount(value, out options.MaxCpus),
        _ when OptionText.Same(name, "com1"u8) => SerialOptions.TryParse(value, out options.Com1),
        _ when OptionText.Same(name, "console"u8) => ConsoleList.TryParse(value, out options.Console),
        _ when OptionText.Same(name, "loglvl"u8) => LogThreshold.TryParse(value, out options.Log),
        _ when OptionText.Same(name, "guest_loglvl"u8) => LogThreshold.TryParse(value, out options.GuestLog),
        _ when OptionText.Same(name, "noreboot"u8) => NumberText.TryTruth(value, out options.NoReboot),
        _ when OptionText.Same(name, "smap"u8) => NumberText.TryTruth(value, out options.Smap),
        _ when OptionText.Same(name, "xpti"u8) => DefenceOption.TryParse(value, out options.Split),
        _ when OptionText.Same(name, "pv-l1tf"u8) => DefenceOption.TryParse(value, out options.AbsentEntries),
        _ when OptionText.Same(name, "x2apic"u8) => NumberText.TryTruth(value, out options.X2Apic),
        _ when OptionText.Same(name, "sched"u8) => TryPolicy(value, out options.Scheduler),
        _ when OptionText.Same(name, "sched_ratelimit_us"u8) => TrySwitchTime(value, out options.SwitchMicroseconds),
        _ => null,
    };

    private static bool TryPolicy(ReadOnlySpan<byte> value, out PolicyName policy)
    {
        int place = OptionText.PlaceIn("bvt,rr"u8, value);
        policy = place > 0 ? PolicyName.RoundRobin : PolicyName.BorrowedVirtualTime;
        return place >= 0;
    }

    private static bool TrySwitchTime(ReadOnlySpan<byte> value, out uint time) =>
        NumberText.TryNumber(value, BootOptions.MostSwitchMicroseconds, out time) && time >= BootOptions.LeastSwitchMicroseconds;

    private static bool TryCount(ReadOnlySpan<byte> value, out uint count) => NumberText.TryNumber(value, CountLimit, out count) && count != 0;
}
