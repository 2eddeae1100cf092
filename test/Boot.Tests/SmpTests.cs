using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Several processors and guests with several virtual ones: a stock kernel with four on one, two or four processors runs threads and forks, takes
/// virtual processors down and up, beside another guest; then every frame's counts are recounted.
/// </summary>
public sealed class SmpTests
{
    private const string Checks = "uname,forks,threads,memory,signals,hotplug,preempt,dmesg";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void GuestWithFourVirtualProcessorsRunsOn(int processors)
    {
        using var machine = new RunningMachine($"{nameof(SmpTests)}-{processors}", new MachineSettings
        {
            Processors = processors,
            Modules =
            [
                .. Module.Guest("alpha", Module.CloudKernel, "256M vcpus=4", $"serai.test={Checks} serai.end=shell"),
                .. Module.Guest("beta", Module.CloudKernel, "256M vcpus=2", "serai.test=forks,memory serai.end=poweroff"),
            ],
        }, Patience.Guests);
        machine.Expect($"processors: {processors} of {processors}");
        var alpha = new Guest(machine, "alpha");
        foreach (string check in Checks.Split(','))
            alpha.ExpectCheck(check);
        alpha.ExpectNoComplaint();
        alpha.Expect("4 processor(s)");
        machine.Expect(Expected.Died("beta", "has powered off"));
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    [Fact]
    public void MaxcpusLeavesTheOthersAsleep()
    {
        using var machine = new RunningMachine($"{nameof(SmpTests)}-maxcpus", new MachineSettings
        {
            Processors = 4,
            Options = "maxcpus=2",
            Modules = Module.Guest("alpha", Module.CloudKernel, "128M", "serai.test=uname serai.end=poweroff"),
        }, Patience.Guest);
        machine.Expect("processors: 2 of 4");
        machine.Expect(Expected.Died("alpha", "has powered off"));
    }
}
