using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Devices;

/// <summary>
/// A serial port on PCI (QEMU's pci-serial) keeps its line asserted until it is asked why: a level. A hypervisor that ended such an interrupt and
/// left the line open would be interrupted for ever. So the line is masked until the guest says that it has served the device.
/// The guest first serves nothing: one event, and silence. It says that it has served, which is not true: one more event. Then it serves: silence.
/// Then a hundred interrupts, one for each byte sent, each counted once.
/// </summary>
internal static class LevelInterrupts
{
    private const uint PciSerial = 0x0002_1b36, Wanted = 100, Silence = 5_000_000;

    private static ulong registers;

    internal static void Run()
    {
        Verdict.ExpectDone(Ports.SetLevel(1), "set_iopl"u8);
        if (!TryFind(out uint device))
        {
            Verdict.Expect(false, "there is no pci-serial"u8);
            return;
        }

        Ports.WriteConfiguration(device, 4, Ports.ReadConfiguration(device, 4) | 1);
        registers = Ports.ReadConfiguration(device, 0x10) & ~3u;
        int line = (int)(Ports.ReadConfiguration(device, 0x3c) & 0xff);
        Verdict.ExpectResult(PhysicalIrqs.Map(line, line), line, "map_pirq"u8);
        long port = PhysicalIrqs.Bind((uint)line);
        Verdict.Expect(port > 0, "bind_pirq"u8);
        ulong page = Frames.Take();
        Verdict.ExpectDone(PhysicalIrqs.GivePage(Frames.Of(page)), "pirq_eoi_gmfn_v2"u8);
        Verdict.Expect(Probe.Try(ProbeCode.Load, page + (ulong)line / 64 * 8, 0, out ulong bits) && (bits >> line % 64 & 1) != 0,
            "the page does not say that eoi is needed"u8);
        if (port <= 0)
            return;
        Tell(port, (uint)line);
        Ports.Out8(registers + 1, 0);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
        Ports.SetLevel(0);
    }

    private static void Tell(long port, uint line)
    {
        // The transmitter is empty, which is what this asks to be told.
        Ports.Out8(registers + 4, 8);
        Ports.Out8(registers + 1, 2);
        Events.WaitFor(port);
        Expect(port, "a second interrupt before the first was ended"u8);
        Verdict.ExpectDone(PhysicalIrqs.End(line), "eoi, without service"u8);
        Events.WaitFor(port);
        Verdict.Expect((Ports.In8(registers + 2) & 0xf) == 2, "the port asks for something else"u8);
        Verdict.ExpectDone(PhysicalIrqs.End(line), "eoi"u8);
        Expect(port, "an interrupt of a device that has been served"u8);
        for (uint count = 0; count < Wanted; count++)
        {
            Ports.Out8(registers, (byte)'.');
            Events.WaitFor(port);
            Ports.In8(registers + 2);
            Verdict.ExpectDone(PhysicalIrqs.End(line), "eoi of many"u8);
        }

        Expect(port, "an interrupt too many"u8);
    }

    private static void Expect(long port, System.ReadOnlySpan<byte> otherwise)
    {
        Alarm.Sleep(Silence);
        Verdict.Expect(!Events.IsPending(port), otherwise);
    }

    private static bool TryFind(out uint device)
    {
        for (device = 0; device < 256; device += 8)
        {
            if (Ports.ReadConfiguration(device, 0) == PciSerial)
                return true;
        }

        return false;
    }
}
