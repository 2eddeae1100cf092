using System;
using System.Diagnostics;
using System.IO;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>The system's compressors, which the decoders are held to.</summary>
internal static class Compressor
{
    /// <summary>The output of `program arguments` when fed <paramref name="input"/>; a failing or missing program fails the test.</summary>
    public static byte[] Run(string program, string arguments, ReadOnlySpan<byte> input)
    {
        string inputFile = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(inputFile, input);
            return Capture("/bin/sh", ["-c", $"{program} {arguments} < {inputFile}"]);
        }
        finally
        {
            File.Delete(inputFile);
        }
    }

    /// <summary>The standard output of a program that must succeed.</summary>
    public static byte[] Capture(string program, string[] arguments, string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        using Process process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Result}");
        return output.ToArray();
    }
}
