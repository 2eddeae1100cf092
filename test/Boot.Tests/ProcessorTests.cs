using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>The machines on which the small kernel must come up: each processor model, type, size and number of processors once.</summary>
public sealed class ProcessorTests
{
    private const string Checks = "uname,free,threads,shellforks,dmesg";

    // With SMAP in CR4 QEMU 7.2's emulation would fail a guest's iretq (docs/decisions/smap.md); the hypervisor knows it, so models that have it run.
    [Theory]
    [InlineData("pc", "qemu64", "1G", 2)]
    [InlineData("q35", "Nehalem", "8G", 1)]
    [InlineData("q35", "EPYC", "1G", 2)]
    [InlineData("pc", "max", "8G", 2)]
    [InlineData("q35", "max,-smap", "1G", 1)]
    public void GuestRunsOn(string type, string cpu, string memory, int processors)
    {
        string model = cpu.Split(',')[0];
        using var machine = new RunningMachine($"{nameof(ProcessorTests)}-{type}-{model}-{memory}-{processors}", new MachineSettings
        {
            Type = type,
            Cpu = cpu,
            Memory = memory,
            Processors = processors,
            Modules = Module.Guest("alpha", Module.CloudKernel, "256M", $"serai.test={Checks} serai.end=poweroff"),
        }, Patience.Guest);
        var guest = new Guest(machine, "alpha");
        guest.Expect(Expected.KernelOnXen);
        foreach (string check in Checks.Split(','))
            guest.ExpectCheck(check);
        guest.ExpectNoComplaint();
        machine.Expect(Expected.Died("alpha", "has powered off"));
    }

    /// <summary>
    /// 32-bit programs enter the kernel by the way that their vdso chooses: `sysenter` on Intel's processors, `syscall` on AMD's. Each is another
    /// callback, and on the other maker's processor an invalid opcode; the stories try both in all the wrong ways.
    /// </summary>
    [Theory]
    [InlineData("GenuineIntel")]
    [InlineData("AuthenticAMD")]
    public void NarrowProgramsEnterByTheirVdso(string vendor)
    {
        using var machine = new RunningMachine($"{nameof(ProcessorTests)}-{vendor}", new MachineSettings
        {
            Cpu = $"max,vendor={vendor},-smap",
            Modules =
            [
                .. Module.Guest("alpha", Module.CloudKernel, "256M", "serai.test=compat,dmesg serai.end=poweroff"),
                MicroGuests.Domain("stories", "all-processor"),
                MicroGuests.Domain("lost", "kernel-sysenter"),
            ],
        }, Patience.Guest);
        var guest = new Guest(machine, "alpha");
        guest.ExpectCheck("compat");
        guest.ExpectNoComplaint();
        foreach (string story in MicroGuests.NamesOf("processor"))
            MicroGuests.ExpectPass(machine, "(stories) ", story);
        machine.Expect(vendor == "GenuineIntel" ? Expected.Died("lost", "has crashed") : "(lost) PASS");
    }

    /// <summary>A processor that cannot do what the hypervisor stands on is told so, instead of a silent triple fault.</summary>
    [Theory]
    [InlineData("qemu64,-nx", "NX")]
    [InlineData("qemu64,-lm", "long mode")]
    public void ProcessorThatLacksSomethingIsToldSo(string cpu, string what)
    {
        using var machine = new RunningMachine($"{nameof(ProcessorTests)}-{cpu}", new MachineSettings { Cpu = cpu }, Patience.Hypervisor);
        machine.Expect(what);
    }
}
