using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Devices;

/// <summary>
/// A device's registers are frames beyond RAM: nobody owns them and nobody counts them. The initial domain maps them, with and without naming their
/// owner as DOMID_IO, and cached as it asks; it may not name RAM that way, and cannot offer a device's frame to others by a grant.
/// QEMU's edu tells its identity, turns every bit of what is written, and interrupts when it is told to, by a level line.
/// </summary>
internal static unsafe class DeviceMemory
{
    private const uint Edu = 0x11e8_1234, Identity = 0x0100_00ed, Wanted = 50;
    private const int RegisterTurn = 4, RegisterStatus = 0x24, RegisterRaise = 0x60, RegisterEnd = 0x64;

    private static ulong window;

    internal static void Run()
    {
        Verdict.ExpectDone(Ports.SetLevel(1), "set_iopl"u8);
        uint device = 0;
        while (device < 256 && Ports.ReadConfiguration(device, 0) != Edu)
            device += 8;
        if (device == 256)
        {
            Verdict.Expect(false, "there is no edu"u8);
            return;
        }

        Ports.WriteConfiguration(device, 4, Ports.ReadConfiguration(device, 4) | 2);
        ulong frame = Ports.ReadConfiguration(device, 0x10) >> 12;
        window = Frames.Take();
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(frame, Entries.ReadWrite) | Entries.CacheDisable), "update_va_mapping of registers"u8);
        UseRegisters();
        Verdict.ExpectDone(Mmu.Map(window, 0), "unmapping them"u8);
        Verdict.ExpectDone(MapAs(DomainIds.Io, frame), "mmu_update with DOMID_IO"u8);
        UseRegisters();
        Verdict.ExpectError(MapAs(DomainIds.Io, Frames.Of(Frames.Take())), Errno.Inval, "RAM as the memory of devices"u8);
        UseRegisters();
        OfferToOthers(frame);
        TakeInterrupts((int)(Ports.ReadConfiguration(device, 0x3c) & 0xff));
        Ports.SetLevel(0);
    }

    private static long MapAs(ushort owner, ulong frame)
    {
        MmuUpdateRequest request = default;
        request.Pointer = Entries.MachineAddress(window, 1);
        request.Value = Entries.Make(frame, Entries.ReadWrite) | Entries.CacheDisable;
        return Hypercalls.Call(Hypercall.MmuUpdate, Hypercalls.AddressOf(in request), 1, 0, owner);
    }

    private static uint Read(int register) => Volatile.Read(ref *(uint*)(window + (ulong)register));

    private static void Write(int register, uint value) => Volatile.Write(ref *(uint*)(window + (ulong)register), value);

    private static void UseRegisters()
    {
        Verdict.Expect((Entries.Read(window, 1) & Entries.CacheDisable) != 0, "registers are mapped with caching"u8);
        Verdict.ExpectResult(Read(0), Identity, "the identity"u8);
        Write(RegisterTurn, 0x1234_5678);
        Verdict.ExpectResult(Read(RegisterTurn), 0xedcb_a987, "what was turned"u8);
    }

    private static void OfferToOthers(ulong frame)
    {
        uint reference = GuestKit.Grants.Offer(GrantRecords.OwnDomain(), Frames.Take());
        GrantRecords.Entry(reference).Frame = (uint)frame;
        GrantMap map = default;
        map.HostAddress = Frames.Take();
        map.Flags = GrantMapFlags.HostMap;
        map.Reference = reference;
        map.Domain = GrantRecords.OwnDomain();
        Verdict.ExpectResult((long)GrantRecords.Map(ref map), (long)GrantStatus.BadPage, "a grant of a device's frame"u8);
        Verdict.Expect(GuestKit.Grants.TryWithdraw(reference), "the grant is in use"u8);
    }

    private static void TakeInterrupts(int line)
    {
        Verdict.ExpectResult(PhysicalIrqs.Map(line, line), line, "map_pirq"u8);
        long port = PhysicalIrqs.Bind((uint)line);
        Verdict.Expect(port > 0, "bind_pirq"u8);
        for (uint count = 1; count <= Wanted && port > 0; count++)
        {
            Write(RegisterRaise, count);
            Events.WaitFor(port);
            Verdict.ExpectResult(Read(RegisterStatus), count, "the reason"u8);
            Write(RegisterEnd, count);
            Verdict.ExpectDone(PhysicalIrqs.End((uint)line), "eoi"u8);
        }

        Verdict.Expect(!Events.IsPending(port), "an interrupt too many"u8);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
    }
}
