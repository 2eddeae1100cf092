using System.Linq;
using Serai.Bench.Machines;
using Serai.Emulators;
using Xunit;

namespace Serai.Bench.Tests;

/// <summary>The machines that guests of rows get, and QEMU's words for them. What changes here changes what is counted.</summary>
public sealed class MachineTests
{
    private const string Counting = "-icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -seed 42";

    [Fact]
    public void AGuestOfSeraisHasHalfOfTheMachine()
    {
        MachineDescription machine = Describe(TargetSystem.Serai, "kernel words,more,initramfs|700|2|maxcpus=1");
        Assert.Equal($"-accel tcg -cpu max,-smap,-la57,-erms,-pku -smp 2 -m 1400M {Counting}", string.Join(' ', QemuCommand.Machine(machine)));
        string[] words = [.. QemuCommand.Arguments(machine)];
        Assert.Equal("serai", After(words, "-kernel"));
        Assert.Equal("console=com1 com1=115200,8n1 dom0_mem=700M,max:700M maxcpus=1", After(words, "-append"));
        Assert.Equal("kernel words,more,initramfs", After(words, "-initrd"));
        Assert.Equal("file=/out/bench/counter.so,out=x", After(words, "-plugin"));
        Assert.Equal("file,id=console,path=/out/console", After(words, "-chardev"));
    }

    [Fact]
    public void NativeLinuxIsBootedItself()
    {
        string[] words = [.. QemuCommand.Arguments(Describe(TargetSystem.Native, "kernel some words,initramfs more|512"))];
        Assert.Equal(("512M", "kernel", "some words", "initramfs"),
            (After(words, "-m"), After(words, "-kernel"), After(words, "-append"), After(words, "-initrd")));
    }

    [Fact]
    public void AMachineWithDevicesHasThemOnEverySystemAndWaitsForThem()
    {
        foreach (TargetSystem system in (TargetSystem[])[TargetSystem.Native, TargetSystem.Serai, TargetSystem.Xen])
        {
            string words = string.Join(' ', QemuCommand.Arguments(Describe(system, "kernel,initramfs|512|1||-drive id=a,file=b -device edu,addr=4")));
            Assert.Contains(" -drive id=a,file=b -device edu,addr=4 ", words);
            Assert.Contains("-icount shift=0,sleep=on -rtc", words);
        }
    }

    [Fact]
    public void ACommaInAModuleIsNoEndOfIt()
    {
        var machine = new MachineDescription { Directory = "/", Image = "serai", Modules = ["a b=1,2", "c"] };
        Assert.Equal("a b=1,,2,c", After([.. QemuCommand.Arguments(machine)], "-initrd"));
    }

    [Fact]
    public void AConsoleIsATypistsUnlessItIsAFile()
        => Assert.Equal("stdio", After([.. QemuCommand.Arguments(new MachineDescription { Directory = "/", Image = "serai" })], "-serial"));

    private static MachineDescription Describe(TargetSystem system, string boot)
    {
        Boot read = Boot.ParseAll([$"guest|{system.Key()}|{boot}"])[0];
        return GuestMachine.Of(system, "/out", read, read.Modules, new Settings(), "/out/console", "out=x");
    }

    private static string After(string[] words, string option) => words[words.ToList().IndexOf(option) + 1];
}
