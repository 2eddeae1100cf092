using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>Debian's own kernel, out of the package, which lies in out/packages or is fetched there by apt.</summary>
internal static partial class DebianKernel
{
    private static readonly Lazy<byte[]> Lazy = new(Load);

    /// <summary>The bzImage that `linux-image-amd64` depends on.</summary>
    public static byte[] Vmlinuz => Lazy.Value;

    private static byte[] Load()
    {
        string packages = Path.Combine(RepositoryRoot(), "out", "packages");
        Directory.CreateDirectory(packages);
        string package = Find(packages) ?? Fetch(packages);
        string directory = Path.Combine(packages, Path.GetFileNameWithoutExtension(package));
        if (!Directory.Exists(Path.Combine(directory, "boot")))
            Compressor.Capture("dpkg-deb", ["-x", package, directory]);
        return File.ReadAllBytes(Directory.GetFiles(Path.Combine(directory, "boot"), "vmlinuz-*").Single());
    }

    private static string? Find(string packages) =>
        Directory.GetFiles(packages, "linux-image-6.*-amd64_*.deb").FirstOrDefault(file => !file.Contains("cloud"));

    private static string Fetch(string packages)
    {
        string dependencies = Encoding.ASCII.GetString(Compressor.Capture("apt-cache", ["depends", "linux-image-amd64"]));
        string name = DependencyPattern().Match(dependencies).Groups[1].Value;
        Compressor.Capture("apt-get", ["download", name], packages);
        return Find(packages) ?? throw new FileNotFoundException($"apt-get download {name} left no package in {packages}");
    }

    private static string RepositoryRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Directory.Build.props")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
    }

    [GeneratedRegex(@"Depends: (linux-image-\S+)")]
    private static partial Regex DependencyPattern();
}
