using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;

namespace Serai.ImageCheck;

/// <summary>An image's instructions as llvm-objdump writes them, each with the function it stands in.</summary>
internal static partial class Disassembly
{
    /// <summary>Reads all of an image.</summary>
    public static List<(string Function, string Instruction)> Read(string path)
    {
        ProcessStartInfo start = new("llvm-objdump", ["-d", "--no-show-raw-insn", path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)
            ?? throw new InvalidOperationException("llvm-objdump does not start");
        List<(string, string)> instructions = [];
        string function = "?";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            Match header = FunctionHeader().Match(line);
            if (header.Success)
                function = header.Groups[1].Value;
            else
                instructions.Add((function, line));
        }
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidDataException($"llvm-objdump failed on {path}");
        return instructions;
    }

    [GeneratedRegex("^[0-9a-f]{16} <(.*)>:$")]
    private static partial Regex FunctionHeader();
}
