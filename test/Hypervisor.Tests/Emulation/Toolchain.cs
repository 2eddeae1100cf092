using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Serai.Hypervisor.Tests.Emulation;

/// <summary>LLVM's assembler and disassembler, the second opinion on every instruction.</summary>
internal static partial class Toolchain
{
    /// <summary>The bytes of each line of AT&amp;T syntax. A line that does not assemble to one instruction is an error.</summary>
    public static List<byte[]> Assemble(IReadOnlyList<string> lines)
    {
        var listing = Run("llvm-mc", "-triple=x86_64 -show-encoding", string.Join('\n', lines) + "\n");
        var encodings = Encoding().Matches(listing).Select(match => Bytes(match.Groups[1].Value)).ToList();
        if (encodings.Count != lines.Count)
            throw new InvalidOperationException($"{lines.Count} lines became {encodings.Count} instructions");
        return encodings;
    }

    /// <summary>The text of each byte string: one or more lines, joined by a semicolon where LLVM sees prefixes or several instructions.</summary>
    public static List<string> Disassemble(IReadOnlyList<byte[]> instructions)
    {
        const string separator = "[0x0f,0xb9,0x00]";
        var text = new StringBuilder();
        foreach (var instruction in instructions)
            text.Append('[').AppendJoin(',', instruction.Select(value => $"0x{value:x2}")).Append("]\n").Append(separator).Append('\n');
        var listing = Run("llvm-mc", "-triple=x86_64 --disassemble", text.ToString());
        var lines = listing.Split('\n').Select(Clean).Where(line => line.Length > 0 && line != ".text");
        var result = new List<string>();
        var current = new List<string>();
        foreach (var line in lines)
        {
            if (line == "ud1l (%rax), %eax")
            {
                result.Add(string.Join("; ", current));
                current.Clear();
            }
            else
            {
                current.Add(line);
            }
        }

        if (result.Count != instructions.Count)
            throw new InvalidOperationException($"{instructions.Count} byte strings became {result.Count} texts");
        return result;
    }

    /// <summary>Compiles assembly to a shared library and returns its path, in a new directory that the caller deletes.</summary>
    public static string SharedLibrary(string assembly)
    {
        var directory = Directory.CreateTempSubdirectory("serai-emulation-").FullName;
        var source = Path.Combine(directory, "cases.s");
        var library = Path.Combine(directory, "cases.so");
        File.WriteAllText(source, assembly);
        Run("clang", $"-shared -nostdlib -Wl,-z,noexecstack -o {library} {source}", "");
        return library;
    }

    /// <summary>One blank between tokens, no comment.</summary>
    public static string Clean(string line) => Blanks().Replace(line.Split('#')[0], " ").Trim();

    private static byte[] Bytes(string list) =>
        list.Split(',').Select(item => Convert.ToByte(item.Trim()[2..], 16)).ToArray();

    private static string Run(string program, string arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException(program);
        var output = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task.WaitAll(output, complaints);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program}: {complaints.Result}");
        return output.Result;
    }

    [GeneratedRegex(@"encoding: \[([^\]]*)\]")]
    private static partial Regex Encoding();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
