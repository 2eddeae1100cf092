using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;

namespace Serai.Tidy.Sources;

/// <summary>The texts that rules read: those of the repository, or a sample's.</summary>
public sealed class SourceTree
{
    private readonly HashSet<string> paths;

    private SourceTree(IEnumerable<SourceFile> files, IEnumerable<string> paths)
    {
        Files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        this.paths = [.. paths];
    }

    /// <summary>The texts, by path.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Those in C#.</summary>
    public IEnumerable<SourceFile> CSharp => Files.Where(file => file.IsCSharp);

    /// <summary>The texts of the repository this test was built in: what git tracks, and what it would if it were added.</summary>
    public static SourceTree Repository()
    {
        string root = Root();
        string[] listed = Listed(root);
        var files = new List<SourceFile>();
        foreach (string path in listed)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(root, path));
            if (!bytes.AsSpan().Contains((byte)0))
                files.Add(new SourceFile(path, Encoding.UTF8.GetString(bytes)));
        }
        return new SourceTree(files, listed);
    }

    /// <summary>A tree of made-up texts.</summary>
    public static SourceTree Of(params (string Path, string Text)[] files) =>
        new(files.Select(file => new SourceFile(file.Path, file.Text)), files.Select(file => file.Path));

    /// <summary>The text at a path, or null.</summary>
    public SourceFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);

    /// <summary>Whether a file or a folder lies at the path.</summary>
    public bool Has(string path) =>
        path.Length == 0 || paths.Contains(path) || paths.Any(known => known.StartsWith(path + "/", StringComparison.Ordinal));

    private static string Root()
    {
        for (string? place = AppContext.BaseDirectory; place is not null; place = Path.GetDirectoryName(place))
        {
            if (File.Exists(Path.Combine(place, "Directory.Build.props")))
                return place;
        }
        throw new InvalidOperationException("no Directory.Build.props above the test's binaries");
    }

    private static string[] Listed(string root)
    {
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git ls-files failed with {git.ExitCode}");
        // A file that was removed but not yet committed is still listed; a submodule is a folder.
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(path => File.Exists(Path.Combine(root, path)))];
    }
}
