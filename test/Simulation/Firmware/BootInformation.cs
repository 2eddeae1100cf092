using System;
using System.Collections.Generic;
using System.Text;

using Serai.Abi;
using Serai.Simulation;

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
    internal sealed class State
    {
        public readonly List<BootModule> Modules = [];
        public readonly List<byte[]> Lines = [];
        public readonly List<(ulong Address, ulong Bytes)> Claims = [];
        public E820Entry[] Memory = [];
        public int ModulesLost, TextLost;
        public ulong AcpiRoot, EfiTable;
        public string Arguments = "";
    }

    private static State My => SimulatedMachine.Present.BootInformation;

    /// <summary>Modules beyond this number are not looked at.</summary>
    public const int MaximumModules = 64;

    /// <summary>Entries of the memory map.</summary>
    public static int MemoryCount => My.Memory.Length;

    /// <summary>Modules that can be asked for.</summary>
    public static int ModuleCount => My.Modules.Count;

    /// <summary>Modules that were too many.</summary>
    public static ref int ModulesLost => ref My.ModulesLost;

    /// <summary>Entries of the map that there was no room for: none.</summary>
    public static int EntriesLost => 0;

    /// <summary>Bytes of lines that there was no room for.</summary>
    public static ref int TextLost => ref My.TextLost;

    /// <summary>ACPI's root.</summary>
    public static ref ulong AcpiRoot => ref My.AcpiRoot;

    /// <summary>EFI's system table.</summary>
    public static ref ulong EfiTable => ref My.EfiTable;

    /// <summary>The hypervisor's command line, for tests to set.</summary>
    public static ref string Arguments => ref My.Arguments;

    /// <summary>The hypervisor's command line.</summary>
    public static ReadOnlySpan<byte> CommandLine => Encoding.ASCII.GetBytes(Arguments);

    /// <summary>How the loader calls itself.</summary>
    public static ReadOnlySpan<byte> LoaderName => "simulation"u8;

    /// <summary>An entry of the memory map.</summary>
    public static ref readonly E820Entry Memory(int index) => ref My.Memory[index];

    /// <summary>A module.</summary>
    public static ref readonly BootModule Module(int index) => ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(My.Modules)[index];

    /// <summary>A module's line.</summary>
    public static ReadOnlySpan<byte> Line(in BootModule module) => My.Lines[module.Index];

    /// <summary>There is always something to read.</summary>
    public static bool Read(uint magic, ulong information) => true;

    /// <summary>Where firmware's tables lie that its map may call RAM; the arena's are behind what is taken.</summary>
    public static List<(ulong Address, ulong Bytes)> Claims => My.Claims;

    /// <summary>None of them is lost.</summary>
    public static int ClaimsLost => 0;

    /// <summary>Bytes are firmware's.</summary>
    public static void Claim(ulong address, ulong bytes) => My.Claims.Add((address, bytes));

    /// <summary>Begins anew with a memory map and no modules.</summary>
    public static void Reset(params E820Entry[] map)
    {
        My.Memory = map;
        My.Modules.Clear();
        My.Lines.Clear();
        My.Claims.Clear();
        ModulesLost = TextLost = 0;
        Arguments = "";
        AcpiRoot = EfiTable = 0;
    }

    /// <summary>Adds a module that lies at a physical address, with its line.</summary>
    public static void Add(ulong address, ulong length, string line)
    {
        My.Modules.Add(new BootModule { Address = address, Length = length, Index = My.Lines.Count });
        My.Lines.Add(Encoding.Latin1.GetBytes(line));
    }
}
