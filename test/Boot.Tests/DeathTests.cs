using System;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Five small domains on one processor and 2 GiB: one crashes, one powers off, one reboots again and again, one never sleeps, and
/// one, the witness, works through all that and must not notice.
/// </summary>
public sealed class DeathBoot : IDisposable
{
    private const string Memory = "160M", WitnessChecks = "threads,forks,memory,preempt,clock,threads,forks,dmesg";

    /// <summary>Boots.</summary>
    public DeathBoot()
    {
        Machine = new RunningMachine(nameof(DeathTests), new MachineSettings
        {
            Memory = "2G",
            Modules =
            [
                .. Module.Guest("witness", Module.CloudKernel, Memory, $"serai.test={WitnessChecks} serai.end=shell"),
                .. Module.Guest("crasher", Module.CloudKernel, Memory, "serai.test=uname serai.end=crash"),
                .. Module.Guest("leaver", Module.CloudKernel, Memory, "serai.test=uname serai.end=poweroff"),
                .. Module.Guest("returner", Module.CloudKernel, Memory, "serai.test=uname serai.end=reboot"),
                .. Module.Guest("spinner", Module.CloudKernel, Memory, "serai.test=uname serai.end=spin"),
            ],
        }, Patience.Guests);
    }

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>Death of a guest, and what the others see of it: nothing.</summary>
public sealed class DeathTests(DeathBoot boot) : IClassFixture<DeathBoot>
{
    [Fact]
    public void CrashIsReportedWithReasonAndRegisters()
    {
        Line report = boot.Machine.Expect(Expected.GaveUp("crasher"));
        boot.Machine.Expect(Expected.RegisterInReport, report.Index);
        Line death = boot.Machine.Expect(Expected.Died("crasher", "has crashed"), report.Index);
        boot.Machine.Expect(Expected.FramesBack("crasher"), death.Index);
    }

    // What a crashing kernel says last goes through its console ring and must be drained before the domain is torn down.
    [Fact]
    public void LastWordsOfACrashingKernelAreShown() =>
        new Guest(boot.Machine, "crasher").Expect("Kernel panic - not syncing: sysrq triggered crash");

    [Fact]
    public void PowerOffIsReportedAndTheFramesComeBack()
    {
        Line report = boot.Machine.Expect(Expected.Died("leaver", "has powered off"));
        boot.Machine.Expect(Expected.FramesBack("leaver"), report.Index);
    }

    [Fact]
    public void RebootStartsTheDomainAgain()
    {
        var guest = new Guest(boot.Machine, "returner");
        Line first = guest.ExpectLine(Expected.Greeting);
        boot.Machine.Expect(Expected.Died("returner", "reboots"), first.Index);
        guest.ExpectLine(Expected.Greeting, first.Index + 1);
    }

    [Fact]
    public void BooksAgreeWhileDomainsComeAndGo()
    {
        boot.Machine.Expect(Expected.FramesBack("crasher"));
        boot.Machine.Expect(Expected.FramesBack("leaver"));
        Keyboard.Command(boot.Machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    // Once the others are gone, each rebirth finds what the one before it found.
    [Fact]
    public void NoFrameIsLostFromOneLifeToTheNext()
    {
        Line crasher = boot.Machine.Expect(Expected.FramesBack("crasher")), leaver = boot.Machine.Expect(Expected.FramesBack("leaver"));
        Line first = boot.Machine.Expect(Expected.FramesBack("returner"), Math.Max(crasher.Index, leaver.Index));
        Line second = boot.Machine.Expect(Expected.FramesBack("returner"), first.Index + 1);
        Assert.Equal(first.Text, second.Text);
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("forks")]
    [InlineData("memory")]
    [InlineData("preempt")]
    [InlineData("clock")]
    [InlineData("dmesg")]
    public void WitnessNoticesNothing(string check) => new Guest(boot.Machine, "witness").ExpectCheck(check);

    [Fact]
    public void WitnessCanBeTypedIntoAfterAllThat()
    {
        var guest = new Guest(boot.Machine, "witness");
        guest.Expect("SELFTEST DONE (0 failed)");
        boot.Machine.Expect(Expected.Died("crasher", "has crashed"));
        Assert.Equal("still here: 42", guest.Ask("echo still here: $((6 * 7))", "still here: 42"));
    }
}
