using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;

namespace Serai.ImageCheck;

/// <summary>
/// The floating-point and vector registers in use belong to the guest that was interrupted. Only xmm0 may be written,
/// which the code generator uses to copy and to zero blocks; whoever calls such code from a guest's entry saves it.
/// </summary>
internal static partial class VectorRules
{
    /// <summary>One line for each function that names a register which is not allowed.</summary>
    public static IEnumerable<string> Check(string path)
    {
        SortedDictionary<string, string> guilty = [];
        string function = "?";
        foreach (string line in Disassemble(path))
        {
            Match header = FunctionHeader().Match(line);
            if (header.Success)
                function = header.Groups[1].Value;
            else if (Register().Match(line) is { Success: true } match && match.Value != "%xmm0")
                guilty.TryAdd(function, match.Value);
        }

        foreach ((string name, string register) in guilty)
            yield return $"{name} uses {register}; only %xmm0 may be used";
    }

    private static IEnumerable<string> Disassemble(string path)
    {
        ProcessStartInfo start = new("llvm-objdump", ["-d", "--no-show-raw-insn", path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)
            ?? throw new InvalidOperationException("llvm-objdump does not start");
        while (process.StandardOutput.ReadLine() is { } line)
            yield return line;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidDataException($"llvm-objdump failed on {path}");
    }

    [GeneratedRegex("^[0-9a-f]{16} <(.*)>:$")]
    private static partial Regex FunctionHeader();

    // An instruction may name xmm0 first and another register after it: the negative look-ahead skips xmm0 itself.
    [GeneratedRegex(@"%(?!xmm0\b)([xyz]?mm\d+|st\b|k[0-7]\b|tmm\d)")]
    private static partial Regex Register();
}
