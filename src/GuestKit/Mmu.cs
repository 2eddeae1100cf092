using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>Hypercalls on memory with one operation each. Results are the hypervisor's.</summary>
public static class Mmu
{
    /// <summary>update_va_mapping with a flush of the page.</summary>
    public static long Map(ulong address, ulong entry) =>
        Hypercalls.Call(Hypercall.UpdateVaMapping, address, entry, (ulong)UpdateVaFlags.InvalidatePage);

    /// <summary>mmu_update with one request: the machine address of an entry (with a command in its low bits) and the entry's new value.</summary>
    public static long Update(ulong machineAddress, ulong value)
    {
        MmuUpdateRequest request = default;
        request.Pointer = machineAddress;
        request.Value = value;
        return Hypercalls.Call(Hypercall.MmuUpdate, Hypercalls.AddressOf(in request), 1, 0, DomainIds.Self);
    }

    /// <summary>mmu_update of one entry of a table that is known by its frame.</summary>
    public static long Update(ulong tableFrame, int index, ulong value) => Update((tableFrame << 12) + ((ulong)index * 8), value);

    /// <summary>mmuext_op with one operation.</summary>
    public static long Extended(MmuExtendedCommand command, ulong first = 0, ulong second = 0, ushort domain = DomainIds.Self)
    {
        MmuExtendedOperation operation = default;
        operation.Command = command;
        operation.Argument1 = first;
        operation.Argument2 = second;
        return Hypercalls.Call(Hypercall.MmuExtendedOp, Hypercalls.AddressOf(in operation), 1, 0, domain);
    }

    /// <summary>Pins a frame as a table of level 1 to 4.</summary>
    public static long Pin(ulong frame, int level) => Extended((MmuExtendedCommand)(level - 1), frame);

    /// <summary>Takes the pin of a frame away.</summary>
    public static long Unpin(ulong frame) => Extended(MmuExtendedCommand.UnpinTable, frame);

    /// <summary>memory_op with a reservation: how many of the extents were done, or an error.</summary>
    public static long Reserve(MemoryCommand command, ulong list, ulong count, uint order = 0, ushort domain = DomainIds.Self)
    {
        MemoryReservation reservation = default;
        reservation.ExtentStart = list;
        reservation.ExtentCount = count;
        reservation.ExtentOrder = order;
        reservation.Domain = domain;
        return Hypercalls.Call(Hypercall.MemoryOp, (ulong)command, Hypercalls.AddressOf(in reservation));
    }
}
