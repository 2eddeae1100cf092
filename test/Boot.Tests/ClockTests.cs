using System;
using System.Globalization;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Two stock kernels on one processor that counts instructions, so that the host's load does not count: both print their wall clocks without end, and
/// between two such lines the hypervisor is asked for its own.
/// </summary>
public sealed class ClockTests
{
    private const double Pause = 4, Most = 0.25;

    private sealed record Comparison(double Hypervisor, double Before, double After)
    {
        // How far the guest is ahead is between these two.
        public double Smallest => Before - Hypervisor;

        public double Greatest => After - Hypervisor;

        public bool IsClose => Smallest < Most && Greatest > -Most && Greatest - Smallest < Most;
    }

    [Fact]
    public void GuestsAgreeWithTheHypervisorOnTheTimeAndGoOnAgreeing()
    {
        using var machine = new RunningMachine(nameof(ClockTests), new MachineSettings
        {
            CountsInstructions = true,
            Modules =
            [
                .. Module.Guest("alpha", Module.Kernel, "256M", "serai.test=uname serai.end=shell"),
                .. Module.Guest("beta", Module.CloudKernel, "256M", "serai.test=uname serai.end=shell"),
            ],
        }, Patience.Guests);
        Guest[] guests = [new(machine, "alpha"), new(machine, "beta")];
        foreach (Guest guest in guests)
        {
            guest.Expect("SELFTEST DONE");
            guest.TakeKeyboard();
            int from = machine.Now;
            machine.Type("while probe clock 0; do :; done\r");
            guest.Expect("CLOCK ", from);
        }
        Comparison[] first = Compare(machine, guests);
        double begin = DateTime.Parse(MachineSettings.BatteryClock, CultureInfo.InvariantCulture).Subtract(DateTime.UnixEpoch).TotalSeconds;
        foreach (Guest guest in guests)
            guest.ExpectClock(first[0].Hypervisor + Pause);
        Comparison[] second = Compare(machine, guests);
        for (int i = 0; i < guests.Length; i++)
        {
            Assert.All([first[i], second[i]], it => Assert.True(it.IsClose && it.Hypervisor > begin, $"{it}"));
            double atLeast = second[i].Smallest - first[i].Greatest, atMost = second[i].Greatest - first[i].Smallest;
            Assert.True(atLeast < Most && atMost > -Most, $"{first[i]}, then {second[i]}");
        }
    }

    private static Comparison[] Compare(RunningMachine machine, Guest[] guests)
    {
        const string words = "wall clock ";
        Line answer = Keyboard.Command(machine, Expected.KeyRunQueue, words);
        string number = answer.Text[(answer.Text.IndexOf(words, StringComparison.Ordinal) + words.Length)..].Split(' ')[0];
        double hypervisor = double.Parse(number, CultureInfo.InvariantCulture) / 1000;
        return Array.ConvertAll(guests, guest =>
        {
            (double before, double after) = guest.ClocksAround(answer);
            return new Comparison(hypervisor, before, after);
        });
    }
}
