using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.PageTables;

/// <summary>HYPERVISOR_mmuext_op: pins, roots, flushes, LDT, clearing and copying of frames (ABI 02 §2.6.8).</summary>
public static class MmuExtendedCall
{
    private const ulong OperationBytes = 24;
    private const uint CountMask = 0x7fff_ffff;

    /// <summary>Operations done before others get their chance: a pin of a whole address space is long.</summary>
    private const uint Budget = 32;

    /// <summary>
    /// RDI: operations, RSI: how many, RDX: where to write how many were done, R10: the domain. Errors: Fault, Inval, Perm, Srch, NoSys.
    /// </summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ref Registers registers = ref vcpu.Registers;
        if (unchecked((ushort)registers.R10) != DomainIds.Self)
            return PerformFor(ref vcpu, unchecked((ushort)registers.R10));
        if (!PartlyValidated.Finish(ref vcpu.Domain))
            return CallResult.Again;
        ulong operations = registers.Rdi;
        uint count = unchecked((uint)registers.Rsi) & CountMask, done = 0;
        Errno error = Errno.None;
        for (; done < count && done < Budget && !Preemption.IsDue; done = unchecked(done + 1), operations = unchecked(operations + OperationBytes))
        {
            if (!GuestMemory.TryRead(operations, out MmuExtendedOperation operation))
                error = Errno.Fault;
            else
                error = PerformOne(ref vcpu, operation);
            if (error != Errno.None)
            {
                Refused(ref vcpu, error, operation);
                break;
            }
        }
        if (error == Errno.None && done == count && registers.Rdx == 0 && vcpu.Domain.Memory.Unfinished.IsEmpty)
            return 0;
        return Conclude(ref vcpu, ref vcpu.Domain, operations, done, error);
    }

    /// <summary>The same for a domain that is named, which may be another's.</summary>
    private static long PerformFor(ref VirtualCpu vcpu, ushort id)
    {
        ref Registers registers = ref vcpu.Registers;
        ulong operations = registers.Rdi;
        uint count = (uint)(registers.Rsi & CountMask);
        Link<Domain> domain = default;
        // Who means itself says DOMID_SELF.
        Errno error = id == vcpu.Domain.Id ? Errno.Srch : ForeignDomain.Find(ref vcpu, id, out domain);
        if (error != Errno.None)
            return Conclude(ref vcpu, ref vcpu.Domain, operations, 0, error);
        if (!PartlyValidated.Finish(ref domain.Value))
            return CallResult.Again;
        uint done = 0;
        for (; error == Errno.None && done < count && done < Budget && !Preemption.IsDue; done++, operations = unchecked(operations + OperationBytes))
        {
            if (!GuestMemory.TryRead(operations, out MmuExtendedOperation operation))
                error = Errno.Fault;
            else
                error = PerformForeign(ref domain.Value, operation);
            if (error != Errno.None)
            {
                Refused(ref vcpu, error, operation);
                break;
            }
        }
        return Conclude(ref vcpu, ref domain.Value, operations, done, error);
    }

    private static void Refused(ref VirtualCpu vcpu, Errno error, in MmuExtendedOperation operation)
    {
        if (error != Errno.Restart)
            Refusal.Tell(vcpu.Domain, "mmuext_op"u8, error, new Mfn(operation.Argument1), (ulong)operation.Command);
    }

    /// <summary>Tells how many were done, and what remains where something does.</summary>
    private static long Conclude(ref VirtualCpu vcpu, ref Domain domain, ulong operations, uint done, Errno error)
    {
        ref Registers registers = ref vcpu.Registers;
        uint count = (uint)(registers.Rsi & CountMask);
        MmuUpdateCall.AddDone(registers.Rdx, done, (registers.Rsi & ~(ulong)CountMask & uint.MaxValue) != 0);
        if (done == count && error == Errno.None && domain.Memory.Unfinished.IsEmpty)
            return 0;
        if (error is not (Errno.None or Errno.Restart))
            return CallResult.Error(error);
        const ulong continued = 1ul << 31;
        registers.Rdi = operations;
        registers.Rsi = (count - done) | continued;
        return CallResult.Again;
    }

    private static Errno PerformForeign(ref Domain domain, in MmuExtendedOperation operation) => operation.Command switch
    {
        MmuExtendedCommand.PinL1Table or MmuExtendedCommand.PinL2Table or MmuExtendedCommand.PinL3Table or MmuExtendedCommand.PinL4Table
            => Pin(ref domain, new Mfn(operation.Argument1), Level(operation.Command)),
        MmuExtendedCommand.UnpinTable => Unpin(ref domain, new Mfn(operation.Argument1)),
        MmuExtendedCommand.ClearPage => ClearFrame(ref domain, new Mfn(operation.Argument1)),
        MmuExtendedCommand.CopyPage => CopyFrame(ref domain, new Mfn(operation.Argument1), new Mfn(operation.Argument2)),
        <= MmuExtendedCommand.UnmarkSuper => Errno.Perm,
        _ => Errno.NoSys,
    };

    private static FrameType Level(MmuExtendedCommand command) => (FrameType)((uint)command + 1);

    private static Errno PerformOne(ref VirtualCpu vcpu, in MmuExtendedOperation operation)
    {
        if (LockWatch.IsOn)
            LockWatch.Note((LockUse)Hypercall.MmuExtendedOp, (uint)operation.Command);
        var frame = new Mfn(operation.Argument1);
        switch (operation.Command)
        {
            case MmuExtendedCommand.PinL1Table or MmuExtendedCommand.PinL2Table or MmuExtendedCommand.PinL3Table or MmuExtendedCommand.PinL4Table:
                return Pin(ref vcpu.Domain, frame, Level(operation.Command));
            case MmuExtendedCommand.UnpinTable:
                return Unpin(ref vcpu.Domain, frame);
            case MmuExtendedCommand.NewBasePointer:
                return AddressSpaces.SetKernelRoot(ref vcpu, frame);
            case MmuExtendedCommand.NewUserBasePointer:
                return AddressSpaces.SetUserRoot(ref vcpu, frame);
            case MmuExtendedCommand.TlbFlushLocal:
                Tlb.Flush();
                return Errno.None;
            case MmuExtendedCommand.TlbFlushAll:
                Flushes.Of(ref vcpu, ulong.MaxValue);
                return Errno.None;
            case MmuExtendedCommand.TlbFlushMulti:
                return FlushSome(ref vcpu, operation.Argument2);
            case MmuExtendedCommand.InvalidatePageMulti:
                return FlushPageOfSome(ref vcpu, operation.Argument1, operation.Argument2);
            case MmuExtendedCommand.InvalidatePageLocal:
                if (!Layout.IsHypervisor(operation.Argument1))
                    Tlb.FlushPage(operation.Argument1);
                return Errno.None;
            case MmuExtendedCommand.InvalidatePageAll:
                if (!Layout.IsHypervisor(operation.Argument1))
                    Flushes.PageOf(ref vcpu, operation.Argument1, ulong.MaxValue);
                return Errno.None;
            case MmuExtendedCommand.FlushCache or MmuExtendedCommand.FlushCacheGlobal:
                return FlushCache(ref vcpu.Domain);
            case MmuExtendedCommand.SetLdt:
                return LocalDescriptors.Set(ref vcpu, operation.Argument1, operation.Argument2);
            case MmuExtendedCommand.ClearPage:
                return ClearFrame(ref vcpu.Domain, frame);
            case MmuExtendedCommand.CopyPage:
                return CopyFrame(ref vcpu.Domain, frame, new Mfn(operation.Argument2));
            case MmuExtendedCommand.MarkSuper or MmuExtendedCommand.UnmarkSuper:
                return Errno.OpNotSupp;
            default:
                return Errno.NoSys;
        }
    }

    /// <summary>Flushes the virtual CPUs that a bitmap in the guest's memory names.</summary>
    private static Errno FlushSome(ref VirtualCpu vcpu, ulong bitmap)
    {
        if (!GuestMemory.TryRead64(bitmap, out ulong vcpus))
            return Errno.Inval;
        Flushes.Of(ref vcpu, vcpus);
        return Errno.None;
    }

    private static Errno FlushPageOfSome(ref VirtualCpu vcpu, ulong address, ulong bitmap)
    {
        if (!GuestMemory.TryRead64(bitmap, out ulong vcpus))
            return Errno.Inval;
        if (!Layout.IsHypervisor(address))
            Flushes.PageOf(ref vcpu, address, vcpus);
        return Errno.None;
    }

    private static Errno FlushCache(ref Domain domain)
    {
        if (!domain.Rights.HasHardware)
            return Errno.Access;
        Instructions.WriteBackCaches();
        return Errno.None;
    }

    private static Errno Pin(ref Domain domain, Mfn mfn, FrameType type)
    {
        if (!FrameTable.Exists(mfn))
            return Errno.Inval;
        ref Frame frame = ref FrameTable.Of(mfn);
        if (frame.Owner != domain.Id || frame.Has(Frame.Pinned))
            return Errno.Inval;
        Errno error = TypedReferences.Take(mfn, type, domain.Id, ref domain);
        if (error == Errno.None)
            frame.Mark(Frame.Pinned);
        return error;
    }

    /// <summary>Takes a pin away. Errors: Inval where there is none.</summary>
    public static Errno Unpin(ref Domain domain, Mfn mfn)
    {
        if (!FrameTable.IsOwnedBy(mfn, domain.Id) || !FrameTable.Of(mfn).Has(Frame.Pinned))
            return Errno.Inval;
        FrameTable.Of(mfn).Unmark(Frame.Pinned);
        TypedReferences.Give(mfn);
        return Errno.None;
    }

    private static Errno ClearFrame(ref Domain domain, Mfn mfn)
    {
        Errno error = FrameTable.Exists(mfn) ? TypedReferences.Take(mfn, FrameType.Writable, domain.Id, ref domain) : Errno.Inval;
        if (error != Errno.None)
            return error;
        DirectMap.Frame(mfn).Clear();
        Preemption.Charge(Cost.FrameCleared);
        TypedReferences.Give(mfn);
        return Errno.None;
    }

    private static Errno CopyFrame(ref Domain domain, Mfn destination, Mfn source)
    {
        if (!FrameTable.Exists(source) || !FrameTable.Exists(destination) || !FrameTable.TryTake(ref FrameTable.Of(source), domain.Id))
            return Errno.Inval;
        Errno error = TypedReferences.Take(destination, FrameType.Writable, domain.Id, ref domain);
        if (error == Errno.None)
        {
            DirectMap.Frame(source).CopyTo(DirectMap.Frame(destination));
            Preemption.Charge(Cost.FrameCleared);
            TypedReferences.Give(destination);
        }
        FrameTable.Give(source);
        return error;
    }
}
