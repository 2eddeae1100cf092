using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using Serai.Symbols;

namespace Serai.Hypervisor.Tests.Dumps;

/// <summary>A source, assembled or compiled by clang and linked by lld where the hypervisor lies, in a directory that goes with it.</summary>
internal sealed class LinkedSample : IDisposable
{
    private readonly string place = Directory.CreateTempSubdirectory("serai-symbols-").FullName;

    public LinkedSample(string file, string source, params string[] options)
    {
        File.WriteAllText(Path.Combine(place, file), source);
        Tool("clang", ["--target=x86_64-none-elf", "-c", "-g", "-ffreestanding", .. options, file, "-o", "sample.o"]);
        Tool("ld.lld", "-nostdlib", "-static", "--build-id=none", "-Ttext=0xffff82d040200000", "--entry=entry", "sample.o", "-o", "sample.elf");
        Image = ElfImage.Read(ImagePath);
    }

    /// <summary>The linked file, read.</summary>
    public ElfImage Image { get; }

    /// <summary>The linked file.</summary>
    public string ImagePath => Path.Combine(place, "sample.elf");

    /// <summary>Runs a program in the sample's directory and returns what it printed.</summary>
    public string Tool(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = place, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed with {process.ExitCode}");
    }

    public void Dispose() => Directory.Delete(place, recursive: true);
}
