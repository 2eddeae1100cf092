using System;
using System.IO;

namespace Serai.Package.Tests;

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    /// <summary>The folder with everything.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string place = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(place, "Directory.Build.props")))
            place = Path.GetDirectoryName(place) ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
        return place;
    }
}
