using System;
using System.IO;
using System.Linq;

namespace Serai.Equipment;

/// <summary>A file or program without which tests of an assembly cannot run.</summary>
/// <param name="what">A file, by its path from the repository's root or an absolute one; or a program, without any slash.</param>
/// <param name="source">Where it comes from: a command, or a package of Debian's.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class NeedsAttribute(string what, string source) : Attribute
{
    /// <summary>The classes of tests that need it; none means all.</summary>
    public Type[] Only { get; set; } = [];

    /// <summary>Whether the tests of a class need it.</summary>
    public bool IsAbout(string type) => Only.Length == 0 || Only.Any(it => it.FullName == type);

    /// <summary>Whether it is not there.</summary>
    public bool IsMissing() => what.Contains('/') ? !File.Exists(Path.Combine(Root(), what))
        : !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, what)));

    /// <summary>Whether it cannot be had on this machine, as the list SERAI_WITHOUT (with blanks) says. Tests that need it are skipped.</summary>
    public bool IsBeyondReach() => (Environment.GetEnvironmentVariable("SERAI_WITHOUT") ?? "").Split(' ').Contains(what);

    /// <inheritdoc/>
    public override string ToString() => $"{what}: {source}";

    private static string Root()
    {
        string? place = AppContext.BaseDirectory;
        while (place is not null && !File.Exists(Path.Combine(place, "Directory.Build.props")))
            place = Path.GetDirectoryName(place);
        return place ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
    }
}
