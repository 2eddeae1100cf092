using System;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// HYPERVISOR_mmu_update: a batch of validated writes to page tables, and entries of the machine-to-physical table (ABI 02 §2.6.6).
/// </summary>
public static class MmuUpdateCall
{
    private const ulong RequestBytes = 16;
    internal const uint CountMask = 0x7fff_ffff;

    /// <summary>Requests done before others get their chance.</summary>
    private const uint MostAtOnce = 512;

    /// <summary>The commands, as bits, that change an entry of a table.</summary>
    private const uint CommandsOnTables = 1u << (int)MmuUpdateCommand.NormalUpdate | 1u << (int)MmuUpdateCommand.PreserveAccessedDirty
        | 1u << (int)MmuUpdateCommand.NoTranslate;

    private struct Batch
    {
        /// <summary>Whose tables are written.</summary>
        public Link<Domain> TablesOwner;

        /// <summary>Whose frames the entries map.</summary>
        public ushort MappedOwner;

        /// <summary>A table above level 1 was changed: remembered translations may be wrong for longer than the guest knows.</summary>
        public bool NeedsFlush;

        /// <summary>Requests done, and the address of the next.</summary>
        public uint Done;

        /// <inheritdoc cref="Done"/>
        public GuestAddress Next;

        public readonly ref Domain Tables => ref TablesOwner.Value;
    }

    /// <summary>RDI: requests, RSI: how many, RDX: where to write how many were done, R10: the domains. Errors: Fault, Inval, Perm, Srch.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        Batch batch;
        batch.TablesOwner = vcpu.DomainLink;
        batch.MappedOwner = vcpu.Domain.Id;
        batch.NeedsFlush = false;
        batch.Done = 0;
        batch.Next = new(registers.Rdi);
        uint domains = unchecked((uint)registers.R10), count = unchecked((uint)registers.Rsi) & CountMask;
        Errno error = domains == DomainIds.Self ? Errno.None : FindDomains(ref vcpu, domains, ref batch);
        if (error == Errno.None)
        {
            if (!PartlyValidated.Finish(ref batch.Tables))
                return CallResult.Again;
            error = PerformSome(ref vcpu, ref batch, count < MostAtOnce ? count : MostAtOnce);
        }
        Preemption.Charge(Cost.Request, batch.Done);
        if (error == Errno.None && batch.Done == count && registers.Rdx == 0 && !batch.NeedsFlush && batch.Tables.Memory.Unfinished.IsEmpty)
            return 0;
        if (batch.NeedsFlush)
            Flushes.AllOf(ref vcpu);
        return Conclude(ref vcpu, ref batch.Tables, batch.Next, batch.Done, error);
    }

    /// <summary>Performs requests up to a number of them, the end of the call's budget, or the first that is refused.</summary>
    private static Errno PerformSome(ref VirtualCpu vcpu, ref Batch batch, uint most)
    {
        ref Domain tables = ref batch.Tables;
        while (batch.Done < most && !Preemption.IsDue)
        {
            if (!GuestMemory.TryRead(batch.Next, out MmuUpdateRequest request))
                return Errno.Fault;
            Errno error = PerformOne(ref batch, ref tables, request.Pointer, request.Value);
            if (error != Errno.None)
                return Refused(ref vcpu, error, request.Pointer, request.Value);
            batch.Done = unchecked(batch.Done + 1);
            batch.Next += RequestBytes;
        }
        return Errno.None;
    }

    private static Errno Refused(ref VirtualCpu vcpu, Errno error, ulong pointer, ulong value)
    {
        if (error != Errno.Restart)
            Refusal.Tell(vcpu.Domain, "mmu_update"u8, error, Mfn.Of(new(pointer)), value);
        return error;
    }

    /// <summary>The unusual end of a call with a list: something was refused, is left to do or is to be told.</summary>
    internal static long Conclude(ref VirtualCpu vcpu, ref Domain tables, GuestAddress next, uint done, Errno error)
    {
        ref Registers registers = ref vcpu.Registers;
        uint count = (uint)(registers.Rsi & CountMask);
        AddDone(new(registers.Rdx), done, (registers.Rsi & ~(ulong)CountMask & uint.MaxValue) != 0);
        if (error is not (Errno.None or Errno.Restart))
            return CallResult.Error(error);
        if (done == count && error == Errno.None && tables.Memory.Unfinished.IsEmpty)
            return 0;
        const ulong continued = 1ul << 31;
        registers.Rdi = next.Value;
        registers.Rsi = (count - done) | continued;
        return CallResult.Again;
    }

    /// <summary>
    /// Writes how many were done, where that can be written; a continued call adds to what its former part has written. As in Xen it is no error
    /// where nobody can be told: what was done is done.
    /// </summary>
    private static void AddDone(GuestAddress address, uint done, bool continued)
    {
        if (address.IsNone)
            return;
        uint before = 0;
        if (!continued || GuestMemory.TryRead(address, out before))
            GuestMemory.TryWrite(address, unchecked(before + done));
    }

    private static Errno FindDomains(ref VirtualCpu vcpu, uint domains, ref Batch batch)
    {
        uint tables = domains >> 16;
        if (tables == DomainIds.Self + 1u)
            return Errno.Srch;
        Errno error = ForeignDomain.FindOwner(ref vcpu, (ushort)(domains & 0xffff), out batch.MappedOwner);
        if (error != Errno.None)
            return error;
        return tables == 0 ? Errno.None : ForeignDomain.Find(ref vcpu, (ushort)(tables - 1), out batch.TablesOwner);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Errno PerformOne(ref Batch batch, ref Domain tables, ulong pointer, ulong value)
    {
        uint command = unchecked((uint)pointer) & 7;
        ref Frame frame = ref FrameTable.OfAny(Mfn.Of(new(pointer)));
        if (frame.Owner != tables.Id || !FrameTable.IsValidated(frame.State, FrameType.L1)
            || (CommandsOnTables >> unchecked((int)command) & 1) == 0)
            return PerformUnusual(ref batch, pointer, value);
        ref ulong slot = ref DirectMap.At<ulong>(new(pointer & ~7ul));
        return Level1Entries.Replace(ref slot, value, Kept((MmuUpdateCommand)command), batch.MappedOwner, ref tables);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Kept(MmuUpdateCommand command)
        => command == MmuUpdateCommand.PreserveAccessedDirty ? PageTableEntry.Accessed | PageTableEntry.Dirty : 0;

    /// <summary>A request that does not change a validated table of level 1.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Errno PerformUnusual(ref Batch batch, ulong pointer, ulong value)
    {
        Preemption.Charge(Cost.UnusualRequest);
        Mfn place = Mfn.Of(new(pointer));
        var command = (MmuUpdateCommand)(pointer & 7);
        if (command == MmuUpdateCommand.MachphysUpdate)
            return SetMachinePhysical(ref batch, place, value);
        if (command > MmuUpdateCommand.NoTranslate)
            return Errno.NoSys;
        ref Frame frame = ref FrameTable.OfAny(place);
        if (frame.Owner != batch.Tables.Id || frame.Count == 0)
            return Errno.Inval;
        int index = unchecked((int)(pointer / 8 % PageTableEntry.Count));
        FrameType type = frame.TypeCount == 0 ? FrameType.None : frame.Type;
        if (type is >= FrameType.L2 and <= FrameType.L4)
            return UpdateTable(ref batch, place, index, value, type, Kept(command));
        return type is FrameType.None or FrameType.Writable ? StorePlain(ref batch, place, index, value) : Errno.Inval;
    }

    private static Errno SetMachinePhysical(ref Batch batch, Mfn frame, ulong pfn)
    {
        if (batch.MappedOwner == DomainIds.Io || !FrameTable.IsOwnedBy(frame, batch.MappedOwner))
            return Errno.Inval;
        MachineToPhysical.Set(frame, pfn);
        return Errno.None;
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
        Errno error = UpperTables.ReplaceTable(ref slot, value, type, keep, ref batch.Tables, out bool wasPresent);
        batch.NeedsFlush |= wasPresent;
        return error;
    }

    /// <summary>The frame is no table: a plain store, for which it must be writable while it happens.</summary>
    private static Errno StorePlain(ref Batch batch, Mfn table, int index, ulong value)
    {
        Errno error = TypedReferences.Get(table, FrameType.Writable, batch.Tables.Id, ref batch.Tables);
        if (error != Errno.None)
            return error;
        CacheAttributes.WriteBackIfOther(table);
        Volatile.Write(ref DirectMap.Table(table)[index], value);
        CacheAttributes.WriteBackIfOther(table);
        Written.Frame(table);
        TypedReferences.Put(table);
        return Errno.None;
    }
}
