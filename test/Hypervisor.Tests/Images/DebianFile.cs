using System;
using System.IO;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>
/// Debian's own files, of whatever version is the day's: `./run check` and `./run test` put them into out/guests. What a test expects of one is
/// asked of other tools (<see cref="SecondOpinion"/>), never written down.
/// </summary>
internal static class DebianFile
{
    /// <summary>The names in out/guests: two kernels of different packing, and GRUB for Xen, which is a plain ELF file.</summary>
    public const string Kernel = "vmlinuz", CloudKernel = "vmlinuz-cloud", Grub = "grub-xen";

    /// <summary>The bytes of a file in out/guests.</summary>
    public static byte[] Read(string name)
    {
        string path = Path.Combine(RepositoryRoot(), "out", "guests", name);
        return File.Exists(path) ? File.ReadAllBytes(path) : throw new FileNotFoundException($"{path} is missing: './run check' fetches it");
    }

    private static string RepositoryRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Directory.Build.props")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
    }
}
