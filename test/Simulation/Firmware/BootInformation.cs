using System;
using System.Collections.Generic;
using System.Text;

using Serai.Abi;

namespace Serai.Machine.Firmware;

/// <summary>A file that the loader put into memory.</summary>
public struct BootModule
{
    public ulong Address;
    public ulong Length;
    internal int Index;
}

/// <summary>What the loader tells, as the test sets it.</summary>
public static class BootInformation
{
    private static readonly List<BootModule> modules = [];
    private static readonly List<byte[]> lines = [];
    private static E820Entry[] memory = [];

    /// <summary>Modules beyond this number are not looked at.</summary>
    public const int MaximumModules = 64;

    /// <summary>Entries of the memory map.</summary>
    public static int MemoryCount => memory.Length;

    /// <summary>Modules that can be asked for.</summary>
    public static int ModuleCount => modules.Count;

    /// <summary>Modules that were too many.</summary>
    public static int ModulesLost { get; set; }

    /// <summary>Bytes of lines that there was no room for.</summary>
    public static int TextLost { get; set; }

    /// <summary>ACPI's root.</summary>
    public static ulong AcpiRoot { get; set; }

    /// <summary>The hypervisor's command line, for tests to set.</summary>
    public static string Arguments { get; set; } = "";

    /// <summary>The hypervisor's command line.</summary>
    public static ReadOnlySpan<byte> CommandLine => Encoding.ASCII.GetBytes(Arguments);

    /// <summary>How the loader calls itself.</summary>
    public static ReadOnlySpan<byte> LoaderName => "simulation"u8;

    /// <summary>An entry of the memory map.</summary>
    public static ref readonly E820Entry Memory(int index) => ref memory[index];

    /// <summary>A module.</summary>
    public static ref readonly BootModule Module(int index) => ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(modules)[index];

    /// <summary>A module's line.</summary>
    public static ReadOnlySpan<byte> Line(in BootModule module) => lines[module.Index];

    /// <summary>There is always something to read.</summary>
    public static bool Read(uint magic, ulong information) => true;

    /// <summary>Begins anew with a memory map and no modules.</summary>
    public static void Reset(params E820Entry[] map)
    {
        memory = map;
        modules.Clear();
        lines.Clear();
        ModulesLost = TextLost = 0;
        Arguments = "";
        AcpiRoot = 0;
    }

    /// <summary>Adds a module that lies at a physical address, with its line.</summary>
    public static void Add(ulong address, ulong length, string line)
    {
        modules.Add(new BootModule { Address = address, Length = length, Index = lines.Count });
        lines.Add(Encoding.Latin1.GetBytes(line));
    }
}
