using System;
using System.IO;

namespace Serai.Boot.Tests.Harness;

/// <summary>Where the built image, the guests and the logs lie: out/ of the repository, which <c>./run test</c> has filled.</summary>
public static class Workspace
{
    /// <summary>The repository's root: the nearest directory above the test's own that holds run and src.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The hypervisor as a multiboot loader takes it; SERAI_TEST_IMAGE names another, such as Xen's, to compare with.</summary>
    public static string Image => Environment.GetEnvironmentVariable("SERAI_TEST_IMAGE") ?? Path.Combine(Root, "out", "serai");

    /// <summary>The image that holds its lock to the rules.</summary>
    public static string CheckedImage => Path.Combine(Root, "out", "serai-checked");

    /// <summary>The disc image that ./run iso makes.</summary>
    public static string Iso => Path.Combine(Root, "out", "serai.iso");

    /// <summary>Kernels and initramfs; QEMU runs here, so that modules have short names.</summary>
    public static string Guests => Path.Combine(Root, "out", "guests");

    /// <summary>The micro-guests' folders and names, one pair a line.</summary>
    public static string MicroGuestList => Path.Combine(Root, "out", "guests.list");

    /// <summary>The machine, if what it boots is there.</summary>
    public static MachineSettings Complete(MachineSettings settings) => File.Exists(settings.Image) ? settings
        : throw new FileNotFoundException($"{settings.Image} is missing: './run build' makes it, './run test' does all that is needed");

    /// <summary>The path of a test's transcript.</summary>
    public static string LogOf(string test)
    {
        string directory = Path.Combine(Root, "out", "logs", "boot");
        Directory.CreateDirectory(directory);
        return Path.Combine(directory, test + ".log");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "run")) && Directory.Exists(Path.Combine(at.FullName, "src")))
                return at.FullName;
        }
        throw new DirectoryNotFoundException($"no repository above {AppContext.BaseDirectory}");
    }
}
