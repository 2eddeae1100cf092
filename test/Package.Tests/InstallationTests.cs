using System;
using System.IO;
using Xunit;

namespace Serai.Package.Tests;

/// <summary>What the package does when it comes and goes.</summary>
public sealed class InstallationTests : IDisposable
{
    private readonly MadeUpSystem system = new();

    public void Dispose() => system.Dispose();

    [Theory]
    [InlineData("postinst", "configure", true)]
    [InlineData("postinst", "abort-upgrade", false)]
    [InlineData("postrm", "remove", true)]
    [InlineData("postrm", "purge", false)]
    [InlineData("postrm", "upgrade", false)]
    public void TheMenuIsWritten(string script, string action, bool written)
    {
        Directory.CreateDirectory(system.PathOf("boot/grub"));
        Outcome outcome = system.Run(script, action, "");
        Assert.Equal((0, ""), (outcome.Status, outcome.Messages));
        Assert.Equal(written, IsMenuWritten());
    }

    [Theory]
    [InlineData("postinst", "configure")]
    [InlineData("postrm", "remove")]
    public void AMenuThatCannotBeWrittenIsTold(string script, string action)
    {
        Directory.CreateDirectory(system.PathOf("boot/grub"));
        system.Variables["UPDATE_STATUS"] = "1";
        Outcome outcome = system.Run(script, action, "");
        Assert.Equal(0, outcome.Status);
        Assert.Contains("update-grub failed", outcome.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void WhereNoGrubIsInstalledNoMenuIsWritten()
    {
        Outcome installed = system.Run("postinst", "configure", "");
        Assert.Equal(0, installed.Status);
        Assert.Contains("no GRUB", installed.Messages, StringComparison.Ordinal);
        Assert.Equal(0, system.Run("postrm", "remove").Status);
        Assert.False(IsMenuWritten());
    }

    [Theory]
    [InlineData(".0-serai", "0.1.1", true)]
    [InlineData(".0-serai", "", false)]
    [InlineData(".4", "0.1.1", false)]
    [InlineData(null, "0.1.1", false)]
    public void AnUpgradeOfWhatRunsAsksForARestart(string? runs, string former, bool asked)
    {
        Directory.CreateDirectory(system.PathOf("run"));
        if (runs is not null)
            system.Write("hypervisor/version/extra", runs + "\n");
        for (int time = 0; time < 2; time++)
            Assert.Equal(0, system.Run("postinst", "configure", former).Status);
        Assert.Equal(asked, File.Exists(system.PathOf("run/reboot-required")));
        Assert.Equal(asked ? "serai\n" : null, asked ? File.ReadAllText(system.PathOf("run/reboot-required.pkgs")) : null);
    }

    private bool IsMenuWritten() => File.Exists(system.PathOf("bin/update-grub.log"));
}
