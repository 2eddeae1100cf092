using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>
/// Interrupts of QEMU's edu, which sends one when it is told to by a register: by its line, which is a level, and by its message (MSI, of the kind
/// that cannot be masked). From the raising until the handler has returned and the device is served; the hypervisor is told so where it wants to be,
/// which the page of <see cref="PhysdevCommand.PirqEoiGmfnV2"/> says. Linux does the same.
/// </summary>
internal static unsafe class InterruptRows
{
    private const int Loops = 8, RegisterRaise = 0x60, RegisterEnd = 0x64;
    private const uint Edu = 0x11e8_1234, MsiKind = 5, MsiEnable = 1 << 16, MemoryAndMaster = 6;
    private const ulong WindowPage = 250, EndPage = 251, CacheDisable = 0x10;

    private static ulong window;
    private static uint capability, line;

    /// <summary>The device: bus, device and function as in an address.</summary>
    internal static uint Device { get; private set; }

    /// <summary>Finds the device, maps its registers, and tells the hypervisor of it; false where there is none.</summary>
    internal static bool Prepare()
    {
        while (Device < 256 && Ports.ReadConfiguration(Device, 0) != Edu)
            Device += 8;
        capability = Device == 256 ? 0 : Ports.ReadConfiguration(Device, 0x34) & 0xfc;
        while (capability != 0 && (Ports.ReadConfiguration(Device, capability) & 0xff) != MsiKind)
            capability = Ports.ReadConfiguration(Device, capability) >> 8 & 0xfc;
        Verdict.Expect(capability != 0, "there is no edu with MSI"u8);
        if (capability == 0)
            return false;
        Ports.WriteConfiguration(Device, 4, (Ports.ReadConfiguration(Device, 4) & 0xffff) | MemoryAndMaster);
        window = Tables.RoomPage(WindowPage);
        ulong registers = Ports.ReadConfiguration(Device, 0x10) & ~0xffful;
        Verdict.ExpectResult(Tables.Map(window, registers | Tables.Writable | CacheDisable), 0, "the device's registers"u8);
        PhysdevPciDeviceAdd added = default;
        (added.Bus, added.Devfn) = ((byte)(Device >> 8), (byte)Device);
        Verdict.ExpectResult(PhysicalIrqs.Call(PhysdevCommand.PciDeviceAdd, Hypercalls.AddressOf(in added)), 0, "pci_device_add"u8);
        Verdict.ExpectResult(PhysicalIrqs.GivePage(Tables.FrameOf(Tables.RoomPage(EndPage))), 0, "pirq_eoi_gmfn"u8);
        line = Ports.ReadConfiguration(Device, 0x3c) & 0xff;
        Verdict.ExpectResult(PhysicalIrqs.SetUp((int)line, level: true, activeLow: false), 0, "setup_gsi"u8);
        // Once for all: Xen lets nobody map again a line that was unmapped.
        Verdict.ExpectResult(PhysicalIrqs.Map((int)line, (int)line), line, "map_pirq of the line"u8);
        Ways.Register(CallbackType.Event, CallbackFlags.None, Assembly.EventEntry);
        return true;
    }

    internal static void Run()
    {
        Take(43, line);
        long message = PhysicalIrqs.MapMessage(Device);
        Verdict.Expect(message > 0, "map_pirq of the message"u8);
        if (message <= 0)
            return;
        SetEnabled(MsiEnable);
        Take(42, (uint)message);
        SetEnabled(0);
        Verdict.ExpectResult(PhysicalIrqs.Unmap((int)message), 0, "unmap_pirq"u8);
    }

    private static void SetEnabled(uint bit)
        => Ports.WriteConfiguration(Device, capability, (Ports.ReadConfiguration(Device, capability) & ~MsiEnable) | bit);

    private static void Write(int register, uint value) => Volatile.Write(ref *(uint*)(window + (ulong)register), value);

    private static bool WantsEnd(uint number) => (Tables.Entries(Tables.RoomPage(EndPage))[number / 64] >> (int)(number % 64) & 1) != 0;

    /// <summary>Binds the number, takes interrupts of it, and closes its port.</summary>
    private static void Take(int row, uint number)
    {
        long port = PhysicalIrqs.Bind(number);
        Verdict.Expect(port is > 0 and < 64, "bind_pirq"u8);
        if (port is <= 0 or >= 64)
            return;
        ref SharedInfo shared = ref Guest.SharedInfo;
        shared.EventMask[0] = 0;
        shared.EventPending[0] = 0;
        shared.VcpuInfo[0].EventPendingSelector = 0;
        shared.VcpuInfo[0].EventUpcallPending = 0;
        ulong before = Assembly.ReadEventsSeen();
        shared.VcpuInfo[0].EventUpcallMask = 0;
        Assembly.MarkStart(row);
        for (ulong i = 1; i <= 1 << Loops; i++)
        {
            Write(RegisterRaise, 1);
            while (Assembly.ReadEventsSeen() < before + i)
            {
            }
            Write(RegisterEnd, 1);
            if (WantsEnd(number))
                PhysicalIrqs.End(number);
        }
        Assembly.MarkStop(Loops);
        shared.VcpuInfo[0].EventUpcallMask = 1;
        Verdict.ExpectResult((long)(Assembly.ReadEventsSeen() - before), 1 << Loops, "interrupts"u8);
        Verdict.ExpectResult(Events.Close(port), 0, "close"u8);
    }
}
