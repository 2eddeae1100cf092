using System;
using System.Threading;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// The demonstration: Debian's full and small kernel side by side in 256 MiB each, on one processor and 1 GiB. Each runs all
/// of the guest's checks and then a shell. The facts share one boot.
/// </summary>
public sealed class TwoGuestsBoot : IDisposable
{
    /// <summary>Boots.</summary>
    public TwoGuestsBoot()
    {
        Machine = new RunningMachine(nameof(TwoGuestsTests), new MachineSettings
        {
            Options = "loglvl=info frobnicate=yes",
            Modules =
            [
                .. Module.Guest("alpha", Module.Kernel, "256M", "serai.test=all serai.end=shell"),
                .. Module.Guest("beta", Module.CloudKernel, "256M", "serai.test=all serai.end=shell"),
            ],
        }, Patience.Guests);
    }

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <summary>One of the two guests, after its checks.</summary>
    public Guest Finished(string name)
    {
        var guest = new Guest(Machine, name);
        guest.Expect("SELFTEST DONE");
        return guest;
    }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>What must be seen of two stock kernels at once.</summary>
public sealed class TwoGuestsTests(TwoGuestsBoot boot) : IClassFixture<TwoGuestsBoot>
{
    private static readonly string[] Checks =
        ["uname", "ps", "free", "dd", "forks", "shellforks", "threads", "signals", "memory", "compat", "preempt", "clock", "dmesg"];

    /// <summary>Every check in every guest.</summary>
    public static TheoryData<string, string> ChecksOfGuests()
    {
        var rows = new TheoryData<string, string>();
        foreach (string guest in new[] { "alpha", "beta" })
        {
            foreach (string check in Checks)
                rows.Add(guest, check);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(ChecksOfGuests))]
    public void CheckInTheGuestPasses(string guest, string check) => boot.Finished(guest).ExpectCheck(check);

    [Theory]
    [InlineData("alpha", Module.Kernel)]
    [InlineData("beta", Module.CloudKernel)]
    public void GuestRunsTheKernelItWasGiven(string guest, string kernel)
    {
        Guest self = boot.Finished(guest);
        self.Expect($"Linux version {Module.ReleaseOf(kernel)} ");
        self.Expect(Expected.KernelOnXen);
        self.Expect(Expected.KernelUsesFifo);
    }

    [Theory]
    [InlineData("alpha")]
    [InlineData("beta")]
    public void KernelFindsNothingToComplainAbout(string guest) => boot.Finished(guest).ExpectNoComplaint();

    // The kernels keep some fifty to a hundred MiB for themselves.
    [Theory]
    [InlineData("alpha")]
    [InlineData("beta")]
    public void GuestHasTheMemoryItWasPromised(string guest)
    {
        Assert.InRange(Guest.MebibytesIn(boot.Finished(guest).Expect($"{guest}: Linux ")), 100, 256);
    }

    // The same keys to both: only the one that has the keyboard may answer.
    [Fact]
    public void EachGuestCanBeTypedInto()
    {
        foreach (string guest in new[] { "alpha", "beta", "alpha" })
            Assert.Equal($"typed into {guest}: 42", boot.Finished(guest).Ask("echo typed into $(hostname): $((6 * 7))", "typed into " + guest));
    }

    [Fact]
    public void UnknownOptionIsNamedAndIgnored() => boot.Machine.Expect(Expected.UnknownOption("frobnicate"));

    [Theory]
    [InlineData(Expected.KeyHelp, "help")]
    [InlineData(Expected.KeyDomains, "alpha")]
    [InlineData(Expected.KeyDomains, "beta")]
    [InlineData(Expected.KeyMemory, "free")]
    [InlineData(Expected.KeyEvents, "VIRQ")]
    [InlineData(Expected.KeyRunQueue, "processor 0: virtual time ")]
    [InlineData(Expected.KeyGrants, "frames of entries")]
    [InlineData(Expected.KeyRecount, Expected.BooksAgree)]
    public void KeyOfTheHypervisorsConsoleAnswers(char key, string answer)
    {
        boot.Finished("alpha");
        boot.Finished("beta");
        Keyboard.Command(boot.Machine, key, answer);
    }

    [Fact]
    public void ExitsAreKeptAndShown()
    {
        boot.Finished("alpha");
        boot.Finished("beta");
        Keyboard.Command(boot.Machine, Expected.KeyExits, "exits of guests are kept");
        boot.Finished("alpha").Ask("echo kept: $((6 * 7))", "kept: 42");
        Keyboard.Command(boot.Machine, Expected.KeyExits, " hypercall ");
    }

    // Two shells that wait for a key: what is left is the kernels' ticks and the emulation's own work. A busy host leaves it less still.
    [Fact]
    public void IdleGuestsLeaveTheProcessorIdle()
    {
        boot.Finished("alpha");
        boot.Finished("beta");
        double before = boot.Machine.ProcessorSeconds();
        Thread.Sleep(4000);
        Assert.InRange(boot.Machine.ProcessorSeconds() - before, 0, 2);
    }

    [Fact]
    public void ConsolePrintsTheChordThatMovesTheKeyboard() => boot.Machine.Expect(Expected.ChordAnnounced);
}
