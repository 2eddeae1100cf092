using System;
using System.Globalization;

namespace Serai.ImageCheck;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(string Path, bool AnyVector, long SizeLimit)
{
    /// <summary>The most that an image may take without its table of symbols, in bytes.</summary>
    public const long HypervisorSize = 512 << 10;

    /// <summary>Reads the command line; an unknown option ends the program.</summary>
    public static Settings Parse(string[] arguments)
    {
        Settings settings = new(arguments[0], false, HypervisorSize);
        for (int index = 1; index + 1 < arguments.Length; index += 2)
        {
            settings = arguments[index] switch
            {
                "--vectors" => settings with { AnyVector = arguments[index + 1] == "any" },
                "--size" => settings with { SizeLimit = long.Parse(arguments[index + 1], CultureInfo.InvariantCulture) },
                _ => throw new ArgumentException($"unknown option {arguments[index]}"),
            };
        }

        return settings;
    }
}
