using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// A map of memory is copied out entry by entry into a buffer whose length the guest tells. One entry more than fits is written over what lies
/// behind; the machine's own map is not for everybody.
/// </summary>
internal static class MemoryMaps
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        Frames.Words(page)[3] = ulong.MaxValue;
        MemoryMap map = default;
        map.EntryCount = 1;
        map.Buffer = page;
        if (Guest.IsInitial)
            Verdict.ExpectError(Ask(MemoryCommand.MemoryMap, map), Errno.NoSys, "the initial domain's own map"u8);
        else
            OwnMap(page, map);
        map.Buffer = page;
        map.EntryCount = 100;
        Verdict.ExpectResult(Ask(MemoryCommand.MachineMemoryMap, map), Guest.IsInitial ? 0 : -(long)Errno.Perm, "the machine's map"u8);
        if (Guest.IsInitial)
            ExpectControllers(page);
        map.EntryCount = 1;
        Verdict.ExpectError(Ask(MemoryCommand.MachineMemoryMap, map), Guest.IsInitial ? Errno.Inval : Errno.Perm, "the machine's map in one entry"u8);
        Verdict.Expect(Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.MaximumRamPage) > 0, "maximum_ram_page"u8);
        ushort self = DomainIds.Self;
        ulong address = Hypercalls.AddressOf(in self);
        Verdict.Expect(Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.MaximumGpfn, address) >= 0, "maximum_gpfn"u8);
        long pages = Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.CurrentReservation, address);
        Verdict.Expect(pages >= (long)Guest.StartInfo.PageCount, "current_reservation"u8);
        AddToPhysmap shared = default;
        shared.Domain = DomainIds.Self;
        address = Hypercalls.AddressOf(in shared);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.AddToPhysmap, address), Errno.Access, "add_to_physmap"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.RemoveFromPhysmap, address), Errno.Access, "its reverse"u8);
        Guest.SharedInfo.Arch.MaxPfn = ulong.MaxValue;
        Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.MaximumGpfn, address);
        Guest.SharedInfo.Arch.MaxPfn = 0;
    }

    // Where the interrupt controllers are is told as reserved, whatever the firmware says of it: nobody looks for room for a device there.
    private static unsafe void ExpectControllers(ulong page)
    {
        const ulong ioApic = 0xfec0_0000, messages = 0xfee0_1000;
        bool hasIoApic = false, hasMessages = false;
        for (int index = 0; index < 100; index++)
        {
            var entry = (E820Entry*)page + index;
            bool isReserved = entry->Type == E820Type.Reserved;
            hasIoApic |= isReserved && entry->Address <= ioApic && ioApic - entry->Address < entry->Size;
            hasMessages |= isReserved && entry->Address <= messages && messages - entry->Address < entry->Size;
        }

        Verdict.Expect(hasIoApic && hasMessages, "the interrupt controllers are not reserved in the machine's map"u8);
    }

    private static void OwnMap(ulong page, MemoryMap map)
    {
        Verdict.ExpectDone(Ask(MemoryCommand.MemoryMap, map), "the domain's map"u8);
        Verdict.Expect(Frames.Words(page)[0] == 0 && Frames.Words(page)[1] >= Guest.StartInfo.PageCount * Frames.PageBytes, "its entry"u8);
        Verdict.Expect(Frames.Words(page)[3] == ulong.MaxValue, "more than an entry was written"u8);
        map.EntryCount = 0;
        Verdict.Expect(Ask(MemoryCommand.MemoryMap, map) < 0, "a map without room"u8);
        map.EntryCount = uint.MaxValue;
        map.Buffer = 0xffff_8300_0000_0000;
        Verdict.ExpectError(Ask(MemoryCommand.MemoryMap, map), Errno.Fault, "a map into the hypervisor"u8);
        map.Buffer = ulong.MaxValue - 8;
        Verdict.ExpectError(Ask(MemoryCommand.MemoryMap, map), Errno.Fault, "a map over the end of all addresses"u8);
    }

    private static long Ask(MemoryCommand command, MemoryMap map) =>
        Hypercalls.Call(Hypercall.MemoryOp, (ulong)command, Hypercalls.AddressOf(in map));
}
