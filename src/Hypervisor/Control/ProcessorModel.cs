using System;

using Serai.Hypervisor.Emulation;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Control;

/// <summary>Of which make the machine's processors are, by the CPUID of the one that asks: they are alike.</summary>
internal struct ProcessorModel
{
    private uint vendorFirst, vendorSecond, vendorThird;

    /// <summary>The highest leaf, and registers of leaf 1.</summary>
    internal uint HighestLeaf, Line, FeaturesC, FeaturesD;

    /// <summary>As the makers count them, with the extended fields of leaf 1's EAX taken in.</summary>
    internal uint Family, Model, Stepping;

    /// <summary>The maker, of those that are told apart; their numbers are those by which Xen counts them.</summary>
    internal readonly CpuVendor Vendor => CpuidHost.VendorOf(new CpuidRegisters { Ebx = vendorFirst, Edx = vendorSecond, Ecx = vendorThird });

    /// <summary>Asks the processor.</summary>
    internal static ProcessorModel Read()
    {
        const uint lastFamily = 15, firstWithModels = 6;
        ProcessorModel model = default;
        Instructions.Cpuid(0, 0, out model.HighestLeaf, out model.vendorFirst, out model.vendorThird, out model.vendorSecond);
        Instructions.Cpuid(1, 0, out uint signature, out model.Line, out model.FeaturesC, out model.FeaturesD);
        model.Stepping = signature & 15;
        model.Model = signature >> 4 & 15;
        model.Family = signature >> 8 & 15;
        if (model.Family == lastFamily)
            model.Family += signature >> 20 & 255;
        if (model.Family >= firstWithModels)
            model.Model |= (signature >> 16 & 15) << 4;
        return model;
    }

    /// <summary>Writes the maker's name, twelve letters.</summary>
    internal readonly void WriteVendor(Span<byte> text)
    {
        WriteWord(text, vendorFirst);
        WriteWord(text[4..], vendorSecond);
        WriteWord(text[8..], vendorThird);
    }

    /// <summary>Writes the name that the processor was given, 48 letters at most.</summary>
    internal static void WriteBrand(Span<byte> text)
    {
        const uint first = 0x8000_0002, last = 0x8000_0004;
        for (uint leaf = first; leaf <= last; leaf++)
        {
            Instructions.CpuidOrZeros(leaf, out uint a, out uint b, out uint c, out uint d);
            Span<byte> part = text.Slice((int)(leaf - first) * 4 * sizeof(uint), 4 * sizeof(uint));
            WriteWord(part, a);
            WriteWord(part[4..], b);
            WriteWord(part[8..], c);
            WriteWord(part[12..], d);
        }
    }

    /// <summary>Writes four letters of a register.</summary>
    internal static void WriteWord(Span<byte> text, uint word)
    {
        for (int index = 0; index < sizeof(uint); index++)
            text[index] = unchecked((byte)(word >> (8 * index)));
    }
}
