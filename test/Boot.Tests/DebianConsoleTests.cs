using System;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// What is in front of the machine is the initial domain's: a screen of text and one of points, a keyboard on USB, and the machine's clock.
/// </summary>
[Trait("Length", "Long")]
public sealed class DebianConsoleTests
{
    [Fact]
    public void TextScreenAndKeyboardOnUsbAndTheClockAreDebians()
    {
        // Without its driver for QEMU's card Debian leaves the screen in the mode that the BIOS made.
        using DebianMachine machine = Start("text", byUefi: false, "modprobe.blacklist=bochs");
        var screen = new Screen(machine.Monitor);
        machine.Debian.Expect("cat /sys/class/vtconsole/vtcon*/name", "VGA+");
        ExpectConversation(machine.Debian, screen);
        (int lit, int width, _) = screen.Look();
        Assert.Equal(720, width);
        Assert.InRange(lit, 100, 720 * 400 / 2);
        ExpectKey(machine.Debian, screen);
        ExpectClock(machine);
        machine.End();
    }

    [Theory]
    [InlineData("bios", false)]
    [InlineData("uefi", true)]
    public void ScreenOfPointsIsDebians(string name, bool byUefi)
    {
        using DebianMachine machine = Start(name, byUefi, "");
        var screen = new Screen(machine.Monitor);
        machine.Debian.Expect("cat /sys/class/vtconsole/vtcon*/name", "frame buffer");
        machine.Debian.Expect("ls /dev/fb0", "/dev/fb0");
        ExpectConversation(machine.Debian, screen);
        (int lit, int width, int height) = screen.Look();
        Assert.InRange(width, 640, 4096);
        Assert.InRange(lit, 100, width * height / 2);
        machine.End();
    }

    private static DebianMachine Start(string name, bool byUefi, string words)
    {
        var machine = new DebianMachine($"{nameof(DebianConsoleTests)}-{name}", new DebianParts
        {
            ByUefi = byUefi,
            Words = words,
            Devices = ["-vga", "std", "-device", "qemu-xhci", "-device", "usb-kbd"],
        });
        machine.Start();
        return machine;
    }

    // What the screen shows is in /dev/vcs1 as text, whether it is drawn as text or in points.
    private static void ExpectConversation(Debian debian, Screen screen)
    {
        Type(debian, screen, "debian login: ", "root");
        Type(debian, screen, "root@debian:~# ", "touch typed");
        debian.Await("[ -e typed ]");
    }

    // QEMU's keyboard remembers eight keys that the machine has not asked for yet: a busy host's would miss the ninth.
    private static void Type(Debian debian, Screen screen, string prompt, string text)
    {
        debian.Await($"grep -qa '{prompt}' /dev/vcs1");
        for (int typed = 0; typed < text.Length; typed += 4)
        {
            int end = Math.Min(typed + 4, text.Length);
            screen.Type(text[typed..end]);
            debian.Await($"grep -qa '{prompt}{text[..end].TrimEnd()}' /dev/vcs1");
        }
        screen.Type("\r");
    }

    private static void ExpectKey(Debian debian, Screen screen)
    {
        debian.Expect("grep xhci_hcd /proc/interrupts", "-msi");
        debian.Run("{ timeout 1800 od -A n -t x2 -N 72 /dev/input/by-id/usb-QEMU_QEMU_USB_Keyboard*-event-kbd > event & }");
        debian.Run("sleep 1");
        screen.Type("a");
        debian.Run("wait");
        // An event is its time (16 bytes), type, code and value: a key (1), A (30), down (1).
        debian.Expect("cat event", "0001 001e 0001 0000");
    }

    private static void ExpectClock(DebianMachine machine)
    {
        machine.Debian.Expect("basename $(readlink -f /sys/class/rtc/rtc0/device/driver)", "rtc_cmos");
        machine.Debian.Expect("hwclock --set --utc --date '2031-02-03 04:05:06'; hwclock --show --utc", "2031-02-03 04:05:");
        machine.Debian.Expect("cat /sys/class/rtc/rtc0/date", "2031-02-03");
        // The years of C's tm begin in 1900.
        Assert.Contains("\"tm_year\": 131", machine.Monitor.Ask("qom-get /machine rtc-time"), StringComparison.Ordinal);
    }
}
