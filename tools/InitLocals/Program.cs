using System;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Serai.InitLocals;

/// <summary>
/// Copies an assembly and clears the "init locals" flag of its methods, as [module: SkipLocalsInit] would; that attribute asks for
/// AllowUnsafeBlocks, which the hypervisor does without. Safe C# assigns each local before it reads it, so nothing changes but the
/// zeroing in prologues, and with it the vector registers. A method with stackalloc keeps the flag: there the zeroes can be seen.
/// Usage: InitLocals FROM.dll TO.dll. Source: ECMA-335, II.25.4.
/// </summary>
internal static class Program
{
    private const byte FormatMask = 0x03;
    private const byte FatFormat = 0x03;
    private const byte InitLocalsFlag = 0x10;

    private static int Main(string[] arguments)
    {
        if (arguments.Length != 2)
        {
            Console.Error.WriteLine("usage: InitLocals FROM.dll TO.dll");
            return 2;
        }

        byte[] image = File.ReadAllBytes(arguments[0]);
        using PEReader reader = new(new MemoryStream((byte[])image.Clone()));
        MetadataReader metadata = reader.GetMetadataReader();
        foreach (MethodDefinition method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition))
        {
            if (method.RelativeVirtualAddress != 0)
                ClearFlag(image, reader, method.RelativeVirtualAddress);
        }

        File.WriteAllBytes(arguments[1], image);
        return 0;
    }

    private static void ClearFlag(byte[] image, PEReader reader, int address)
    {
        SectionHeader section = reader.PEHeaders.SectionHeaders[reader.PEHeaders.GetContainingSectionIndex(address)];
        int offset = address - section.VirtualAddress + section.PointerToRawData;
        if ((image[offset] & FormatMask) == FatFormat && !AllocatesOnStack(reader.GetMethodBody(address)))
            image[offset] &= unchecked((byte)~InitLocalsFlag);
    }

    // Operands may hold the same two bytes as localloc; a method kept by mistake is only a little slower.
    private static bool AllocatesOnStack(MethodBodyBlock body) =>
        body.GetILBytes() is { } code && code.AsSpan().IndexOf([(byte)0xfe, (byte)0x0f]) >= 0;
}
