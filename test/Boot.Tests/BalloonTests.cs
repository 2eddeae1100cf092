using System;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Two stock guests whose balloon drivers are told by their own sysfs what to have, without a xenstore: one goes from 256 to 128 MiB, the other from
/// 128 to 256. A third domain holds what else there is, so what one takes is what the other gave. One processor, 1 GiB.
/// </summary>
public sealed class BalloonBoot : IDisposable
{
    /// <summary>Boots.</summary>
    public BalloonBoot() => Machine = new RunningMachine(nameof(BalloonTests), new MachineSettings
    {
        Modules =
        [
            .. Module.Guest("giver", Module.Kernel, "256M", "serai.test=uname,gives,forks,dd,shellforks,dmesg serai.end=stay"),
            .. Module.Guest("taker", Module.CloudKernel, "128M maxmem=256M", "serai.test=takes,dd,forks,dmesg serai.end=stay"),
            "../guests.elf domain=holder memory=520M -- guest=ticking",
        ],
    }, Patience.Guests);

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>Memory that moves from one guest to another.</summary>
public sealed class BalloonTests(BalloonBoot boot) : IClassFixture<BalloonBoot>
{
    /// <summary>The checks of both.</summary>
    public static TheoryData<string, string> Checks() => new()
    {
        { "giver", "gives" }, { "giver", "forks" }, { "giver", "dd" }, { "giver", "shellforks" }, { "giver", "dmesg" },
        { "taker", "takes" }, { "taker", "dd" }, { "taker", "forks" }, { "taker", "dmesg" },
    };

    [Theory]
    [MemberData(nameof(Checks))]
    public void CheckInTheGuestPasses(string guest, string check) => Finished(guest).ExpectCheck(check);

    [Theory]
    [InlineData("giver", 128)]
    [InlineData("taker", 256)]
    public void GuestHasWhatItWasToldToHave(string guest, int mebibytes) => Finished(guest).Expect($"BALLOON {mebibytes} MiB");

    [Fact]
    public void WhatWasGivenWasNotThereBefore()
    {
        Finished("taker");
        string line = boot.Machine.Expect("all modules are done").Text;
        ulong free = ulong.Parse(line[(line.LastIndexOf("; ", StringComparison.Ordinal) + 2)..].Split(' ')[0]);
        Assert.True(free < 128 << 8, $"{free} frames were free: the taker needed nobody");
    }

    [Fact]
    public void BooksAgree()
    {
        Finished("giver");
        Finished("taker");
        Keyboard.Command(boot.Machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    private Guest Finished(string name)
    {
        var guest = new Guest(boot.Machine, name);
        guest.Expect("SELFTEST DONE");
        return guest;
    }
}
