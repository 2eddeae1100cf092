using System;
using System.Collections.Generic;
using System.IO;

namespace Serai.ImageCheck;

/// <summary>
/// Reads a linked image and refuses what would break silently at run time.
/// Usage: ImageCheck IMAGE [--vectors any] [--size BYTES]. Exit 0 if all is well, 1 with one line for each fault.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length == 0 || arguments[0].StartsWith('-'))
        {
            Console.Error.WriteLine("usage: ImageCheck IMAGE [--vectors any] [--size BYTES]");
            return 2;
        }

        Settings settings = Settings.Parse(arguments);
        ElfImage image = ElfImage.Read(File.ReadAllBytes(settings.Path));
        List<string> faults = [];
        faults.AddRange(SymbolRules.Check(image));
        faults.AddRange(SegmentRules.Check(image, settings.SizeLimit));
        if (!settings.AnyVector)
        {
            List<(string Function, string Instruction)> instructions = Disassembly.Read(settings.Path);
            faults.AddRange(VectorRules.Check(instructions));
            faults.AddRange(BranchRules.Check(instructions));
            Console.WriteLine($"{settings.Path}: {BranchRules.JumpsIn(instructions)} indirect jumps, no call through a pointer");
        }

        foreach (string fault in faults)
            Console.Error.WriteLine($"{settings.Path}: error: {fault}");
        return faults.Count == 0 ? 0 : 1;
    }
}
