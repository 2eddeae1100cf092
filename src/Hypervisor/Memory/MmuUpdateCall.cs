using System;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// HYPERVISOR_mmu_update: a batch of validated writes to page tables, and entries of the machine-to-physical table (ABI 02 §2.6.6).
/// </summary>
public static class MmuUpdateCall
{
    private const ulong RequestBytes = 16;
    private const uint CountMask = 0x7fff_ffff;

    /// <summary>Requests done before others get their chance.</summary>
    private const uint Budget = 512;

    private const uint RequestsPerMicrosecond = 8;

    private struct Batch
    {
        /// <summary>Whose tables are written, and whose frames the entries map.</summary>
        public Link<Domain> TablesOwner;
        public ushort MappedOwner;

        public readonly ref Domain Tables => ref TablesOwner.Value;

        /// <summary>A table above level 1 was changed: remembered translations may be wrong for longer than the guest knows.</summary>
        public bool NeedsFlush;
    }

    /// <summary>RDI: requests, RSI: how many, RDX: where to write how many were done, R10: the domains. Errors: Fault, Inval, Perm, Srch.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        ulong requests = registers.Rdi;
        uint count = (uint)(registers.Rsi & CountMask);
        Errno error = FindDomains(ref vcpu, (uint)(registers.R10 & uint.MaxValue), out Batch batch);
        if (error == Errno.None && !PartlyValidated.Finish(ref batch.Tables))
            return Hypercalls.Again;
        uint done = 0;
        for (; error == Errno.None && done < count && done < Budget && !Preemption.IsDue; done++, requests = unchecked(requests + RequestBytes))
        {
            if (!GuestMemory.TryRead(requests, out MmuUpdateRequest request))
                error = Errno.Fault;
            else
                error = PerformOne(ref batch, request);
            if (error == Errno.Restart)
                break;
            if (error != Errno.None)
            {
                Refusal.Tell(vcpu.Domain, "mmu_update"u8, error, Mfn.Of(request.Pointer), request.Value);
                break;
            }
        }
        Preemption.Spend(done / RequestsPerMicrosecond);
        if (batch.NeedsFlush)
            Flushes.Of(ref vcpu, ulong.MaxValue);
        if (!TryAddDone(registers.Rdx, done, (registers.Rsi & ~(ulong)CountMask & uint.MaxValue) != 0))
            return Hypercalls.Error(Errno.Fault);
        if (done == count && error == Errno.None && batch.Tables.Unfinished.IsEmpty)
            return 0;
        if (error is not (Errno.None or Errno.Restart))
            return Hypercalls.Error(error);
        const ulong continued = 1ul << 31;
        registers.Rdi = requests;
        registers.Rsi = (count - done) | continued;
        return Hypercalls.Again;
    }

    /// <summary>Writes how many were done; a continued call adds to what its former part has written.</summary>
    internal static bool TryAddDone(ulong address, uint done, bool continued)
    {
        if (address == 0)
            return true;
        uint before = 0;
        if (continued && !GuestMemory.TryRead(address, out before))
            return false;
        return GuestMemory.TryWrite(address, unchecked(before + done));
    }

    private static Errno FindDomains(ref VirtualCpu vcpu, uint domains, out Batch batch)
    {
        batch = default;
        batch.TablesOwner = vcpu.DomainLink;
        uint tables = domains >> 16;
        Errno error = ForeignDomain.FindOwner(ref vcpu, (ushort)(domains & 0xffff), out batch.MappedOwner);
        if (error != Errno.None || tables == 0)
            return error;
        return ForeignDomain.Find(ref vcpu, (ushort)(tables - 1), out batch.TablesOwner);
    }

    private static Errno PerformOne(ref Batch batch, in MmuUpdateRequest request)
    {
        ulong pointer = request.Pointer & ~7ul;
        switch ((MmuUpdateCommand)(request.Pointer & 3))
        {
            case MmuUpdateCommand.MachphysUpdate: return SetMachinePhysical(ref batch, Mfn.Of(pointer), request.Value);
            case MmuUpdateCommand.PreserveAccessedDirty:
                return UpdateEntry(ref batch, pointer, request.Value, PageTableEntry.Accessed | PageTableEntry.Dirty);
            default: return UpdateEntry(ref batch, pointer, request.Value, 0);
        }
    }

    private static Errno SetMachinePhysical(ref Batch batch, Mfn frame, ulong pfn)
    {
        if (batch.MappedOwner == DomainIds.Io || !FrameTable.IsOwnedBy(frame, batch.MappedOwner))
            return Errno.Inval;
        MachineToPhysical.Set(frame, pfn);
        return Errno.None;
    }

    private static Errno UpdateEntry(ref Batch batch, ulong pointer, ulong value, ulong keep)
    {
        Mfn table = Mfn.Of(pointer);
        ref Frame frame = ref FrameTable.OfAny(table);
        if (frame.Owner != batch.Tables.Id || frame.Count == 0)
            return Errno.Inval;
        int index = unchecked((int)(pointer / 8 % PageTableEntry.Count));
        FrameType type = frame.TypeCount == 0 ? FrameType.None : frame.Type;
        if (type == FrameType.L1)
            return PageTables.ReplaceLevel1(ref DirectMap.Table(table)[index], value, keep, batch.MappedOwner, ref batch.Tables);
        if (type is >= FrameType.L2 and <= FrameType.L4)
            return UpdateTable(ref batch, table, index, value, type, keep);
        return type is FrameType.None or FrameType.Writable ? StorePlain(ref batch, table, index, value) : Errno.Inval;
    }

    private static Errno UpdateTable(ref Batch batch, Mfn table, int index, ulong value, FrameType type, ulong keep)
    {
        bool hypervisors = type == FrameType.L4 && unchecked((uint)(index - Layout.FirstSlot)) < Layout.SlotCount;
        if (hypervisors || batch.MappedOwner != batch.Tables.Id)
            return Errno.Inval;
        if (!FrameTable.Of(table).Has(Frame.Validated))
        {
            // It is no table yet, and nobody may be at work on it any more: it becomes a frame like others, and the request is made again.
            PartlyValidated.Abandon(table, ref batch.Tables);
            return Errno.Restart;
        }
        ref ulong slot = ref DirectMap.Table(table)[index];
        Errno error = PageTables.ReplaceTable(ref slot, value, type, keep, ref batch.Tables, out bool wasPresent);
        batch.NeedsFlush |= wasPresent;
        return error;
    }

    /// <summary>The frame is no table: a plain store, for which it must be writable while it happens.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Errno StorePlain(ref Batch batch, Mfn table, int index, ulong value)
    {
        Errno error = FrameTable.TakeTyped(table, FrameType.Writable, batch.Tables.Id, ref batch.Tables);
        if (error != Errno.None)
            return error;
        Volatile.Write(ref DirectMap.Table(table)[index], value);
        FrameTable.GiveTyped(table);
        return Errno.None;
    }
}
