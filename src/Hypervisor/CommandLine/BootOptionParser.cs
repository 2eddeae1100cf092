using System;

using Serai.Machine.Processor;

namespace Serai.Hypervisor.CommandLine;

/// <summary>Reads the hypervisor's command line into <see cref="BootOptions"/>.</summary>
public static class BootOptionParser
{
    /// <summary>Processors and virtual processors that a number on the command line may name at most.</summary>
    public const uint CountLimit = 4095;

    private enum Outcome
    {
        Taken,
        BadValue,
        Unknown,
    }

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
            Outcome outcome = Take(ref options, word);
            if (outcome == Outcome.Unknown)
                sink.Unknown(word);
            else if (outcome == Outcome.BadValue)
                sink.BadValue(word);
        }
        return options;
    }

    private static Outcome Take(ref BootOptions options, ReadOnlySpan<byte> word)
    {
        int sign = OptionText.IndexOf(word, (byte)'=');
        return sign == word.Length
            ? TakeFlag(ref options, word)
            : TakeValue(ref options, word.Slice(0, sign), word.Slice(sign + 1));
    }

    private static Outcome TakeFlag(ref BootOptions options, ReadOnlySpan<byte> name)
    {
        if (OptionText.Same(name, "noreboot"u8))
        {
            options.NoReboot = true;
            return Outcome.Taken;
        }
        if (OptionText.Same(name, "x2apic"u8))
        {
            options.X2Apic = true;
            return Outcome.Taken;
        }
        // Debian's GRUB puts this word in front, for loaders that drop the first one.
        if (OptionText.Same(name, "placeholder"u8))
            return Outcome.Taken;
        return TakeValue(ref options, name, []);
    }

    private static Outcome TakeValue(ref BootOptions options, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (OptionText.Same(name, "dom0_mem"u8))
            return Keep(InitialDomainMemory.TryParse(value, out InitialDomainMemory memory), ref options.Dom0Memory, memory);
        if (OptionText.Same(name, "dom0_max_vcpus"u8))
            return TakeCount(ref options.Dom0MaxVcpus, value);
        if (OptionText.Same(name, "maxcpus"u8))
            return TakeCount(ref options.MaxCpus, value);
        if (OptionText.Same(name, "com1"u8))
            return Keep(SerialOptions.TryParse(value, out SerialOptions serial), ref options.Com1, serial);
        if (OptionText.Same(name, "console"u8))
            return Keep(ConsoleList.TryParse(value, out ConsoleDevices devices), ref options.Console, devices);
        if (OptionText.Same(name, "loglvl"u8))
            return Keep(LogThreshold.TryParse(value, out LogThreshold log), ref options.Log, log);
        if (OptionText.Same(name, "guest_loglvl"u8))
            return Keep(LogThreshold.TryParse(value, out LogThreshold guestLog), ref options.GuestLog, guestLog);
        if (OptionText.Same(name, "noreboot"u8))
            return Keep(NumberText.TryTruth(value, out bool truth), ref options.NoReboot, truth);
        if (OptionText.Same(name, "smap"u8))
            return Keep(NumberText.TryTruth(value, out bool smap), ref options.Smap, smap);
        if (OptionText.Same(name, "xpti"u8))
            return Keep(DefenceOption.TryParse(value, out Defence split), ref options.Split, split);
        if (OptionText.Same(name, "pv-l1tf"u8))
            return Keep(DefenceOption.TryParse(value, out Defence absent), ref options.AbsentEntries, absent);
        if (OptionText.Same(name, "x2apic"u8))
            return Keep(NumberText.TryTruth(value, out bool wide), ref options.X2Apic, wide);
        if (OptionText.Same(name, "sched"u8))
            return Keep(SchedulerName.TryParse(value, out SchedulerName scheduler), ref options.Scheduler, scheduler);
        if (OptionText.Same(name, "sched_ratelimit_us"u8))
            return TakeSwitchTime(ref options, value);
        return Outcome.Unknown;
    }

    private static Outcome TakeSwitchTime(ref BootOptions options, ReadOnlySpan<byte> value)
    {
        bool good = NumberText.TryNumber(value, BootOptions.MostSwitchMicroseconds, out uint time) && time >= BootOptions.LeastSwitchMicroseconds;
        return Keep(good, ref options.SwitchMicroseconds, time);
    }

    private static Outcome TakeCount(ref uint count, ReadOnlySpan<byte> value) =>
        Keep(NumberText.TryNumber(value, CountLimit, out uint number) && number != 0, ref count, number);

    private static Outcome Keep<T>(bool good, ref T field, T value) where T : struct
    {
        if (!good)
            return Outcome.BadValue;
        field = value;
        return Outcome.Taken;
    }
}
