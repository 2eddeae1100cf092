using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Devices;

/// <summary>
/// QEMU's edu sends its interrupt as a message (MSI, which it cannot mask). Where to is the hypervisor's to say: what the guest writes there itself,
/// the vector of the hypervisor's timer, is forgotten, and the device does not send before its message is mapped. Then fifty interrupts, each an
/// event; a storm that nobody listens to, which ends in silence; and the guest's word that opens the device again.
/// </summary>
internal static unsafe class MessageInterrupts
{
    private const uint Edu = 0x11e8_1234, MsiKind = 5, MsiEnable = 1 << 16, Wanted = 50, Storm = 100, Silence = 5_000_000;
    private const int RegisterRaise = 0x60, RegisterEnd = 0x64;

    private static ulong window;
    private static uint device, capability;

    internal static void Run()
    {
        Verdict.ExpectDone(Ports.SetLevel(1), "set_iopl"u8);
        while (device < 256 && Ports.ReadConfiguration(device, 0) != Edu)
            device += 8;
        capability = Ports.ReadConfiguration(device, 0x34) & 0xfc;
        while (capability != 0 && (Ports.ReadConfiguration(device, capability) & 0xff) != MsiKind)
            capability = Ports.ReadConfiguration(device, capability) >> 8 & 0xfc;
        Verdict.Expect(device < 256 && capability != 0, "there is no edu with MSI"u8);
        if (device == 256 || capability == 0)
            return;
        Ports.WriteConfiguration(device, 4, Ports.ReadConfiguration(device, 4) | 6);
        window = Frames.Take();
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(Ports.ReadConfiguration(device, 0x10) >> 12, Entries.ReadWrite)), "mapping registers"u8);
        Forge();
        long number = PhysicalIrqs.MapMessage(device);
        Verdict.Expect(number > 0, "map_pirq of a message"u8);
        Verdict.ExpectError(PhysicalIrqs.MapMessage(device), Errno.Exist, "the same message twice"u8);
        long port = PhysicalIrqs.Bind((uint)number);
        Verdict.Expect(port > 0, "bind_pirq"u8);
        Enable();
        if (port > 0)
            TakeMany(port, (uint)number);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
        Verdict.ExpectDone(PhysicalIrqs.Unmap((int)number), "unmap_pirq"u8);
        Verdict.Expect(!IsEnabled, "a message that is not mapped is sent"u8);
        Ports.SetLevel(0);
    }

    private static bool IsEnabled => (Ports.ReadConfiguration(device, capability) & MsiEnable) != 0;

    private static void Enable() => Ports.WriteConfiguration(device, capability, Ports.ReadConfiguration(device, capability) | MsiEnable);

    private static void Write(int register, uint value) => Volatile.Write(ref *(uint*)(window + (ulong)register), value);

    private static void Forge()
    {
        for (uint word = 4; word <= 12; word += 4)
        {
            uint before = Ports.ReadConfiguration(device, capability + word);
            Ports.WriteConfiguration(device, capability + word, word == 4 ? 0xfee0_0000 : word == 8 ? 0 : 0xf0u);
            Verdict.ExpectResult(Ports.ReadConfiguration(device, capability + word), before, "what a guest wrote of a message"u8);
        }

        Enable();
        Verdict.Expect(!IsEnabled, "a message is sent before it is mapped"u8);
    }

    private static void Raise()
    {
        Write(RegisterRaise, 1);
        Write(RegisterEnd, 1);
    }

    private static void TakeMany(long port, uint number)
    {
        for (uint count = 0; count < Wanted; count++)
        {
            Raise();
            Events.WaitFor(port);
        }

        for (uint count = 0; count < Storm; count++)
            Raise();
        Events.WaitFor(port);
        Raise();
        Alarm.Sleep(Silence);
        Verdict.Expect(!Events.IsPending(port), "a storm goes on"u8);
        Verdict.ExpectDone(PhysicalIrqs.End(number), "eoi"u8);
        Events.WaitFor(port);
        Raise();
        Events.WaitFor(port);
    }
}
