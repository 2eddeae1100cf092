using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// What boot loaders put around arguments. Multiboot leaves open whether a string begins with the name of the image: QEMU and
/// GRUB 1 say it, GRUB 2 does not.
/// </summary>
public static class LoaderLine
{
    /// <summary>
    /// Whether a loader of this name ("qemu", "GNU GRUB 0.97", "GRUB 2.06-13") begins its strings with the image's name. Only
    /// GRUB 2 is known not to; its first releases called themselves 1.9x.
    /// </summary>
    public static bool BeginsWithImage(ReadOnlySpan<byte> loaderName)
    {
        ReadOnlySpan<byte> word = "GRUB "u8;
        for (int i = 0; i + word.Length < loaderName.Length; i++)
        {
            if (OptionText.StartsWith(loaderName.Slice(i), word))
                return loaderName[i + word.Length] == (byte)'0';
        }
        return true;
    }

    /// <summary>The arguments of an image or module: the loader's string without the image's name, if this loader puts it there.</summary>
    public static ReadOnlySpan<byte> Arguments(ReadOnlySpan<byte> line, ReadOnlySpan<byte> loaderName)
        => ArgumentRange(line, loaderName).Of(line);

    /// <summary>Where in the string they are.</summary>
    public static TextRange ArgumentRange(ReadOnlySpan<byte> line, ReadOnlySpan<byte> loaderName)
    {
        var words = new Words();
        if (BeginsWithImage(loaderName))
            words.Next(line);
        return words.Rest(line);
    }

    /// <summary>
    /// What follows the word <c>--</c>: on the hypervisor's own command line that is more arguments for the initial domain's kernel. Empty
    /// without one.
    /// </summary>
    public static ReadOnlySpan<byte> AfterDashes(ReadOnlySpan<byte> arguments)
    {
        var words = new Words();
        while (words.Next(arguments))
        {
            if (IsDashes(words.Word.Of(arguments)))
                return words.Rest(arguments).Of(arguments);
        }
        return [];
    }

    /// <summary>Whether the word is the <c>--</c> that ends the options.</summary>
    public static bool IsDashes(ReadOnlySpan<byte> word) => word.Length == 2 && word[0] == (byte)'-' && word[1] == (byte)'-';
}
