using System;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Machine.Firmware;

/// <summary>A file that the loader put into memory: physical address, bytes, and its line in the text of <see cref="BootInformation"/>.</summary>
public struct BootModule
{
    public ulong Address;
    public ulong Length;
    internal (int Start, int Length) Text;
}

/// <summary>
/// What the loader tells, by multiboot 1 or multiboot 2, copied out of the loader's memory: memory map, modules, command lines, ACPI's root.
/// </summary>
public static class BootInformation
{
    private const uint Magic1 = 0x2bad_b002;
    private const uint Magic2 = 0x36d7_6289;

    private const int MostTold = 320, MostClaims = 64;

    /// <summary>Modules beyond this number are not looked at; <see cref="ModulesLost"/> counts them.</summary>
    public const int MaximumModules = 64;

    private static readonly E820Entry[] told = new E820Entry[MostTold + MostClaims];
    private static readonly E820Entry[] memory = new E820Entry[2 * (MostTold + MostClaims)];
    private static int toldCount;
    private static readonly BootModule[] modules = new BootModule[MaximumModules];
    private static readonly byte[] text = new byte[8192];
    private static int textLength;
    private static (int Start, int Length) command;
    private static (int Start, int Length) loader;

    /// <summary>Entries of the memory map.</summary>
    public static int MemoryCount { get; private set; }

    /// <summary>Modules that can be asked for.</summary>
    public static int ModuleCount { get; private set; }

    /// <summary>Modules that were too many.</summary>
    public static int ModulesLost { get; private set; }

    /// <summary>Entries of the loader's memory map that there was no room for: the last ones.</summary>
    public static int EntriesLost { get; private set; }

    /// <summary>Stretches of RAM that could not be claimed, for want of room.</summary>
    public static int ClaimsLost { get; private set; }

    /// <summary>Bytes of the loader's lines that there was no room for: those of the last ones.</summary>
    public static int TextLost { get; private set; }

    /// <summary>The physical address of a copy of ACPI's root pointer handed over by the loader, or 0.</summary>
    public static ulong AcpiRoot { get; private set; }

    /// <summary>The physical address of the system table of an EFI of 64 bits that the loader tells of, or 0.</summary>
    public static ulong EfiTable { get; private set; }

    /// <summary>The hypervisor's command line.</summary>
    public static ReadOnlySpan<byte> CommandLine => text.AsSpan(command.Start, command.Length);

    /// <summary>How the loader calls itself, or nothing.</summary>
    public static ReadOnlySpan<byte> LoaderName => text.AsSpan(loader.Start, loader.Length);

    /// <summary>An entry of the memory map, in order of addresses (<see cref="SoundMap"/>).</summary>
    public static ref readonly E820Entry Memory(int index) => ref memory[index];

    /// <summary>A module.</summary>
    public static ref readonly BootModule Module(int index) => ref modules[index];

    /// <summary>A module's command line: usually its file name and arguments.</summary>
    public static ReadOnlySpan<byte> Line(in BootModule module) => text.AsSpan(module.Text.Start, module.Text.Length);

    /// <summary>Reads what the loader left; false where the magic number is neither of the two.</summary>
    public static bool Read(uint magic, ulong information)
    {
        switch (magic)
        {
            case Magic1: Read1(information); break;
            case Magic2: Read2(information); break;
            default: return false;
        }
        MemoryCount = SoundMap.Make(told.AsSpan(0, toldCount), memory);
        return true;
    }

    /// <summary>
    /// Bytes somewhere in RAM are firmware's, though it has not said so in its map: from now on the frames that hold them are ACPI's, not RAM.
    /// </summary>
    public static void Claim(ulong address, ulong bytes)
    {
        ulong start = address & ~(ulong)(Mfn.Size - 1), end = (address + bytes + Mfn.Size - 1) & ~(ulong)(Mfn.Size - 1);
        for (int index = 0; index < MemoryCount; index++)
        {
            if (memory[index].Type != E820Type.Ram || memory[index].Address >= end || memory[index].Address + memory[index].Size <= start)
                continue;
            if (toldCount == told.Length)
            {
                ClaimsLost++;
                return;
            }
            told[toldCount++] = new E820Entry { Address = start, Size = end - start, Type = E820Type.AcpiReclaimable };
            MemoryCount = SoundMap.Make(told.AsSpan(0, toldCount), memory);
            return;
        }
    }

    private static uint Word(ulong address) => DirectMap.At<uint>(new(address));

    private static ulong Long(ulong address) => Word(address) | (ulong)Word(address + 4) << 32;

    private static void Read1(ulong information)
    {
        uint flags = Word(information);
        if ((flags & 4) != 0)
            command = Keep(Word(information + 16));
        if ((flags & 8) != 0)
        {
            ulong module = Word(information + 24);
            for (uint count = Word(information + 20); count > 0; count--, module += 16)
                AddModule(Word(module), Word(module + 4), Word(module + 8));
        }
        if ((flags & 512) != 0)
            loader = Keep(Word(information + 64));
        if ((flags & 4096) != 0)
            BootScreen.Tell(information + 88, isPadded: false);
        if ((flags & 64) == 0)
            return;
        ulong end = (ulong)Word(information + 48) + Word(information + 44);
        for (ulong entry = Word(information + 48); entry < end; entry += Word(entry) + 4)
            AddMemory(Long(entry + 4), Long(entry + 12), Word(entry + 20));
    }

    private static void Read2(ulong information)
    {
        ulong end = information + Word(information);
        for (ulong tag = information + 8; tag + 8 <= end && Word(tag) != 0; tag += (Word(tag + 4) + 7) & ~7ul)
        {
            if (Word(tag + 4) < 8)
                return;
            ReadTag(tag);
        }
    }

    private static void ReadTag(ulong tag)
    {
        ulong end = tag + Word(tag + 4);
        switch (Word(tag))
        {
            case 1:
                command = Keep(tag + 8);
                break;
            case 2:
                loader = Keep(tag + 8);
                break;
            case 3:
                AddModule(Word(tag + 8), Word(tag + 12), tag + 16);
                break;
            case 6:
                uint size = Word(tag + 8);
                for (ulong entry = tag + 16; size >= 24 && entry + size <= end; entry += size)
                    AddMemory(Long(entry), Long(entry + 8), Word(entry + 16));
                break;
            case 8 when end - tag >= 38:
                BootScreen.Tell(tag + 8, isPadded: true);
                break;
            case 12:
                EfiTable = Long(tag + 8);
                break;
            case 14 when AcpiRoot == 0:
            case 15:
                AcpiRoot = tag + 8;
                break;
        }
    }

    private static void AddMemory(ulong start, ulong length, uint type)
    {
        if (length == 0 || start + length <= start)
            return;
        if (toldCount == MostTold)
            EntriesLost++;
        else
            told[toldCount++] = new E820Entry { Address = start, Size = length, Type = (E820Type)type };
    }

    private static void AddModule(ulong start, ulong end, ulong line)
    {
        if (ModuleCount == MaximumModules)
        {
            ModulesLost++;
            return;
        }
        ulong length = end > start ? end - start : 0;
        modules[ModuleCount++] = new BootModule { Address = start, Length = length, Text = line == 0 ? default : Keep(line) };
    }

    private static (int Start, int Length) Keep(ulong address)
    {
        int start = textLength;
        for (; DirectMap.At<byte>(new(address)) != 0; address++)
        {
            if (textLength < text.Length)
                text[textLength++] = DirectMap.At<byte>(new(address));
            else
                TextLost++;
        }
        return (start, textLength - start);
    }
}
