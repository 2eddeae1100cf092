using System;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Serai.InitLocals;

/// <summary>
/// Copies an assembly and clears the "init locals" flag of its methods, as [module: SkipLocalsInit] would; that attribute asks for
/// AllowUnsafeBlocks, which the hypervisor does without. Safe C# assigns each local before it reads it, so nothing changes but the
/// zeroing in prologues, and with it the vector registers. Only stackalloc could show the difference: it must stand in
/// Scratch.Zeroed(stackalloc T[n]), and this program refuses it elsewhere. Usage: InitLocals FROM.dll TO.dll. Source: ECMA-335, II.25.4.
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
        int faults = 0;
        foreach (MethodDefinition method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition))
        {
            if (method.RelativeVirtualAddress == 0)
                continue;
            ClearFlag(image, reader, method.RelativeVirtualAddress);
            if (StackMemory.IsZeroed(metadata, reader.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? []))
                continue;
            faults++;
            TypeDefinition type = metadata.GetTypeDefinition(method.GetDeclaringType());
            string name = $"{metadata.GetString(type.Name)}.{metadata.GetString(method.Name)}";
            Console.Error.WriteLine($"{name}: error: stackalloc is not zeroed here; write Scratch.Zeroed(stackalloc T[n])");
        }

        if (faults == 0)
            File.WriteAllBytes(arguments[1], image);
        return faults == 0 ? 0 : 1;
    }

    private static void ClearFlag(byte[] image, PEReader reader, int address)
    {
        SectionHeader section = reader.PEHeaders.SectionHeaders[reader.PEHeaders.GetContainingSectionIndex(address)];
        int offset = address - section.VirtualAddress + section.PointerToRawData;
        if ((image[offset] & FormatMask) == FatFormat)
            image[offset] &= unchecked((byte)~InitLocalsFlag);
    }
}
