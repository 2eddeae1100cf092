using System.IO;

namespace Serai.Bench.Machines;

/// <summary>What runs on the machine beneath the programs.</summary>
public enum TargetSystem
{
    /// <summary>Linux on the machine itself.</summary>
    Native,

    /// <summary>Linux or a micro-guest as Serai's initial domain.</summary>
    Serai,

    /// <summary>The same as Dom0 of Debian's Xen 4.17.</summary>
    Xen,

    /// <summary>User Mode Linux, a process of Linux on the machine itself.</summary>
    Uml,
}

/// <summary>How systems are called on the command line, in files and in tables.</summary>
public static class TargetSystems
{
    /// <summary>The name in bench/boots, in bench.json and on the command line.</summary>
    public static string Key(this TargetSystem system) => system.ToString().ToLowerInvariant();

    /// <summary>The name in tables and plots.</summary>
    public static string Title(this TargetSystem system) => system switch
    {
        TargetSystem.Native => "native",
        TargetSystem.Uml => "UML",
        _ => system.ToString(),
    };

    /// <summary>The system of that key.</summary>
    public static TargetSystem Parse(string key) => key switch
    {
        "native" => TargetSystem.Native,
        "serai" => TargetSystem.Serai,
        "xen" => TargetSystem.Xen,
        "uml" => TargetSystem.Uml,
        _ => throw new InvalidDataException($"no system is called '{key}'; there are native serai xen uml"),
    };
}
