using System;
using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>What the experiment of creation makes of the consoles of Serai and of Xen's initial domain, read again.</summary>
public sealed class CreationTests : IDisposable
{
    private static readonly string[] Expected =
    [
        "small guest, to its first instruction|Serai|1|2500", "small guest, to its first instruction|Serai|2|2000",
        "the hypervisor's memory for a domain, beside its own|Serai|32|16",
        "Debian guest, to its first process|Serai|1|3930", "Debian guest, to its first process|Serai|4|3130",
        "small guest, to its first instruction|Xen|1|1500", "small guest, to its first instruction|Xen|2|3000",
        "the hypervisor's memory for a domain, beside its own|Xen|32|448", "the initial domain's memory for a domain|Xen|32|312.5",
        "Debian guest, to its first process|Xen|1|6000", "Debian guest, to its first process|Xen|4|8000",
    ];

    private readonly string output = Directory.CreateTempSubdirectory("serai-bench-").FullName;

    [Fact]
    public void EveryPointComesFromItsLines()
    {
        var laboratory = new Laboratory(output, isQuick: false, replays: true);
        Said(laboratory, "creation-small-serai",
            "(serai) domain w1 starts: id 1, 8 MiB, 1 vCPU, 10000 frames free", "(serai) domain w1: its building began at 1000 ns and took 5 ns",
            "(w1) hello: first instruction at 3500 ns, counter ahead by 0", "(serai) domain w2 starts: id 2, 8 MiB, 1 vCPU, 7948 frames free",
            "(serai) domain w2: its building began at 5000 ns and took 5 ns", "(w2) hello: first instruction at 7000 ns, counter ahead by 0");
        Said(laboratory, "creation-large-1-serai",
            "(serai) domain l1: its building began at 100 ns and took 5 ns", "(l1) USERLAND at 900",
            "(serai) domain l1: its building began at 5000 ns and took 5 ns", "(clock) hello: first instruction at 12 ns, counter ahead by 70",
            "(l1) USERLAND at 9000");
        Said(laboratory, "creation-large-4-serai",
            "(l1) USERLAND at 900", "(serai) domain l4: its building began at 6000 ns and took 5 ns",
            "(clock) hello: first instruction at 12 ns, counter ahead by -30", "(l4) USERLAND at 9100");
        Said(laboratory, "creation-small-xen",
            "FREE before machine 1500 MiB, initial domain 400000 kB", "CREATED w1 from 1000 to 2000", "CREATED w2 from 5000 to 6000",
            "FREE after machine 1230 MiB, initial domain 390000 kB", "(w1) hello: first instruction at 100 ns, counter ahead by 2400",
            "(w2) hello: first instruction at 200 ns, counter ahead by 7800", "PASS bench");
        Said(laboratory, "creation-large-xen",
            "CREATED l1 from 1000 to 2000", "CREATED l4 from 5000 to 6000", "(l1) USERLAND at 7000", "(l4) USERLAND at 13000", "PASS bench");
        new Creation().Run(laboratory);
        ExperimentResults results = Assert.Single(ExperimentResults.Load(Path.Combine(output, "bench")));
        Assert.Equal(Expected, results.Points.Select(point => FormattableString.Invariant($"{point.Key}|{point.System}|{point.X}|{point.Value}")));
    }

    [Fact]
    public void AGuestThatComplainsEndsTheExperiment()
    {
        var laboratory = new Laboratory(output, isQuick: false, replays: true);
        Said(laboratory, "creation-large-xen", "(l1) FAIL no role", "PASS bench");
        InvalidDataException broken = Assert.Throws<InvalidDataException>(
            () => CreationOnXen.Large(laboratory, laboratory.Points("creation"), 4));
        Assert.Contains("(l1) FAIL no role; see ", broken.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(output, recursive: true);

    private static void Said(Laboratory laboratory, string name, params string[] lines)
        => File.WriteAllLines(laboratory.FileOf(name, "console"), lines.Select(line => line + "\r"));
}
