using System;

using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Building;

/// <summary>Reads the line of a module that is to become a domain.</summary>
public static class ModuleOptionParser
{
    private const ulong PageBytes = 4096;

    /// <summary>
    /// Whether the module is a domain of its own: <c>domain=</c> begins its first word, or its second where the loader put the
    /// file's name first.
    /// </summary>
    public static bool IsDomainModule(ReadOnlySpan<byte> line)
    {
        var words = new Words();
        return (words.Next(line) && IsDomain(words.Word.Of(line))) || (words.Next(line) && IsDomain(words.Word.Of(line)));
    }

    /// <summary>
    /// Reads a line for which <see cref="IsDomainModule"/> holds. On an error the options hold what was read up to there (the file
    /// and the name, if they were) and the word at fault.
    /// </summary>
    public static ModuleOptionError Parse(ReadOnlySpan<byte> line, out ModuleOptions options)
    {
        options = default;
        var words = new Words();
        if (SecondIsDomain(line) && words.Next(line))
            options.File = words.Word;
        while (words.Next(line))
        {
            if (LoaderLine.IsDashes(words.Word.Of(line)))
            {
                options.CommandLine = words.Rest(line);
                break;
            }
            ModuleOptionError error = Take(ref options, line, words.Word);
            if (error != ModuleOptionError.None)
            {
                options.Fault = words.Word;
                return error;
            }
        }
        return Complete(ref options);
    }

    private static bool IsDomain(ReadOnlySpan<byte> word) => OptionText.StartsWith(word, "domain="u8);

    private static bool SecondIsDomain(ReadOnlySpan<byte> line)
    {
        var words = new Words();
        return words.Next(line) && !IsDomain(words.Word.Of(line)) && words.Next(line) && IsDomain(words.Word.Of(line));
    }

    private static ModuleOptionError Take(ref ModuleOptions options, ReadOnlySpan<byte> line, TextRange place)
    {
        ReadOnlySpan<byte> word = place.Of(line);
        int sign = OptionText.IndexOf(word, (byte)'=');
        if (sign == word.Length)
            return TakeRamdisk(ref options, word);
        ReadOnlySpan<byte> key = word.Slice(0, sign);
        ReadOnlySpan<byte> value = word.Slice(sign + 1);
        const uint second = 1_000_000;
        return key switch
        {
            _ when OptionText.Same(key, "domain"u8) => TakeName(ref options, value, place.Start + sign + 1),
            _ when OptionText.Same(key, "memory"u8) => TakeMemory(ref options.Memory, value),
            _ when OptionText.Same(key, "maxmem"u8) => TakeMemory(ref options.MaximumMemory, value),
            _ when OptionText.Same(key, "vcpus"u8) => TakeVcpus(ref options.Vcpus, value),
            _ when OptionText.Same(key, "copies"u8) => TakeCopies(ref options.Copies, value),
            _ when OptionText.Same(key, "weight"u8)
                => TakeNumber(ref options.Weight, value, DomainShare.MostWeight, ModuleOptionError.WeightOutOfRange),
            _ when OptionText.Same(key, "warp"u8) => TakeNumber(ref options.Warp, value, second, ModuleOptionError.WarpOutOfRange),
            _ when OptionText.Same(key, "warpl"u8) => TakeNumber(ref options.WarpLimit, value, second, ModuleOptionError.WarpOutOfRange),
            _ when OptionText.Same(key, "warpu"u8) => TakeNumber(ref options.UnwarpTime, value, second, ModuleOptionError.WarpOutOfRange),
            _ => ModuleOptionError.WordUnknown,
        };
    }

    private static ModuleOptionError TakeNumber(ref uint field, ReadOnlySpan<byte> text, uint most, ModuleOptionError error)
    {
        if (field != 0)
            return ModuleOptionError.WordTwice;
        bool good = NumberText.TryNumber(text, most, out uint number) && number != 0;
        field = number;
        return good ? ModuleOptionError.None : error;
    }

    private static ModuleOptionError TakeRamdisk(ref ModuleOptions options, ReadOnlySpan<byte> key)
    {
        if (!OptionText.Same(key, "ramdisk"u8))
            return ModuleOptionError.WordUnknown;
        if (options.Ramdisk)
            return ModuleOptionError.WordTwice;
        options.Ramdisk = true;
        return ModuleOptionError.None;
    }

    private static ModuleOptionError TakeName(ref ModuleOptions options, ReadOnlySpan<byte> name, int start)
    {
        if (options.Name.Length != 0)
            return ModuleOptionError.WordTwice;
        if (name.Length == 0)
            return ModuleOptionError.NameMissing;
        if (name.Length > ModuleOptions.GreatestNameLength)
            return ModuleOptionError.NameTooLong;
        for (int i = 0; i < name.Length; i++)
        {
            if (!IsNameSymbol(name[i], first: i == 0))
                return ModuleOptionError.NameBadSymbol;
        }
        options.Name = new TextRange { Start = start, Length = name.Length };
        return ModuleOptionError.None;
    }

    // A name shows up in console prefixes, on command lines and, later, in xenstore paths.
    private static bool IsNameSymbol(byte symbol, bool first) => symbol switch
    {
        >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' => true,
        (byte)'.' or (byte)'_' or (byte)'+' => true,
        (byte)'-' => !first,
        _ => false,
    };

    private static ModuleOptionError TakeMemory(ref ulong field, ReadOnlySpan<byte> size)
    {
        if (field != 0)
            return ModuleOptionError.WordTwice;
        if (!NumberText.TrySize(size, out ulong bytes))
            return ModuleOptionError.MemoryNotSize;
        if (bytes < PageBytes)
            return ModuleOptionError.MemoryZero;
        field = bytes;
        return ModuleOptionError.None;
    }

    private static ModuleOptionError TakeVcpus(ref uint field, ReadOnlySpan<byte> text)
    {
        bool isNumber = NumberText.TryNumber(text, out ulong number);
        ModuleOptionError outOfRange = number == 0 ? ModuleOptionError.VcpusZero : ModuleOptionError.VcpusTooMany;
        return TakeNumber(ref field, text, ModuleOptions.VcpuLimit, isNumber ? outOfRange : ModuleOptionError.VcpusNotNumber);
    }

    private static ModuleOptionError TakeCopies(ref uint field, ReadOnlySpan<byte> text)
    {
        bool isNumber = NumberText.TryNumber(text, out ulong _);
        ModuleOptionError error = isNumber ? ModuleOptionError.CopiesOutOfRange : ModuleOptionError.CopiesNotNumber;
        return TakeNumber(ref field, text, ModuleOptions.CopyLimit, error);
    }

    private static ModuleOptionError Complete(ref ModuleOptions options)
    {
        if (options.Name.Length == 0)
            return ModuleOptionError.NameMissing;
        if (options.Memory == 0)
            return ModuleOptionError.MemoryMissing;
        if (options.MaximumMemory == 0)
            options.MaximumMemory = options.Memory;
        if (options.Vcpus == 0)
            options.Vcpus = 1;
        if (options.Weight == 0)
            options.Weight = DomainShare.UsualWeight;
        if (options.Copies != 0 && options.Name.Length + NumberText.DigitsOf(options.Copies) > ModuleOptions.GreatestNameLength)
            return ModuleOptionError.NameTooLong;
        return options.MaximumMemory < options.Memory ? ModuleOptionError.MaximumBelowMemory : ModuleOptionError.None;
    }
}
