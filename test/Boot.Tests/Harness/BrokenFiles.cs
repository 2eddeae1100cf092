using System;
using System.IO;

namespace Serai.Boot.Tests.Harness;

/// <summary>Modules that no domain can be made of, written to out/guests/broken. Each is named by its path as QEMU gets it.</summary>
public static class BrokenFiles
{
    private const string Directory = "broken";

    /// <summary>A file without a byte.</summary>
    public static string Empty() => Write("empty", []);

    /// <summary>The first mebibyte of a kernel: a good header, and a payload that ends too early.</summary>
    public static string Truncated() => Write("truncated", CloudKernel()[..(1 << 20)]);

    /// <summary>A kernel with one bit turned over in its payload: the full one, as its XZ has a checksum and the small one's LZ4 has none.</summary>
    public static string Corrupt()
    {
        byte[] kernel = File.ReadAllBytes(Path.Combine(Workspace.Guests, Module.Kernel));
        kernel[kernel.Length / 2] ^= 0x10;
        return Write("corrupt", kernel);
    }

    /// <summary>Text.</summary>
    public static string Text() => Write("text", "This is a letter, not a kernel.\n"u8.ToArray());

    /// <summary>A good ELF without any note of Xen's.</summary>
    public static string WithoutNotes() => Write("plain", new TinyKernel { HasNotes = false }.ToBytes());

    /// <summary>A kernel that asks for a feature that no hypervisor has.</summary>
    public static string AskingTooMuch() => Write("greedy", new TinyKernel { Features = "!flying_page_tables" }.ToBytes());

    /// <summary>A kernel made for another loader.</summary>
    public static string ForAnotherLoader() => Write("foreign", new TinyKernel { Loader = "specific" }.ToBytes());

    private static byte[] CloudKernel() => File.ReadAllBytes(Path.Combine(Workspace.Guests, Module.CloudKernel));

    private static string Write(string name, byte[] content)
    {
        System.IO.Directory.CreateDirectory(Path.Combine(Workspace.Guests, Directory));
        File.WriteAllBytes(Path.Combine(Workspace.Guests, Directory, name), content);
        return Directory + "/" + name;
    }
}
