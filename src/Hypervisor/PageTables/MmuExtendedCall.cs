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

    /// <summary>Operations done before others get their chance: a pin of a whole address space is long.</summary>
    private const uint MostAtOnce = 32;

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
        var operations = new GuestAddress(registers.Rdi);
        uint count = unchecked((uint)registers.Rsi) & MmuUpdateCall.CountMask, done = 0;
        Errno error = Errno.None;
        for (; done < count && done < MostAtOnce && !Preemption.IsDue; done = unchecked(done + 1), operations = operations + OperationBytes)
        {
            Flushes.Finish(ref vcpu.Processor.Value);
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
        return MmuUpdateCall.Conclude(ref vcpu, ref vcpu.Domain, operations, done, error);
    }

    /// <summary>The same for a domain that is named, which may be another's.</summary>
    private static long PerformFor(ref VirtualCpu vcpu, ushort id)
    {
        ref Registers registers = ref vcpu.Registers;
        var operations = new GuestAddress(registers.Rdi);
        uint count = (uint)(registers.Rsi & MmuUpdateCall.CountMask);
        Link<Domain> domain = default;
        // Who means itself says DOMID_SELF.
        Errno error = id == vcpu.Domain.Id ? Errno.Srch : ForeignDomain.Find(ref vcpu, id, out domain);
        if (error != Errno.None)
            return MmuUpdateCall.Conclude(ref vcpu, ref vcpu.Domain, operations, 0, error);
        if (!PartlyValidated.Finish(ref domain.Value))
            return CallResult.Again;
        uint done = 0;
        for (; error == Errno.None && done < count && done < MostAtOnce && !Preemption.IsDue; done++, operations = operations + OperationBytes)
        {
            if (!GuestMemory.TryRead(operations, out MmuExtendedOperation operation))
                error = Errno.Fault;
            else
                error = PerformOnTables(ref domain.Value, operation, ForeignRefusal(operation.Command));
            if (error != Errno.None)
            {
                Refused(ref vcpu, error, operation);
                break;
            }
        }
        return MmuUpdateCall.Conclude(ref vcpu, ref domain.Value, operations, done, error);
    }

    private static void Refused(ref VirtualCpu vcpu, Errno error, in MmuExtendedOperation operation)
    {
        if (error != Errno.Restart)
            Refusal.Tell(vcpu.Domain, "mmuext_op"u8, error, new Mfn(operation.Argument1), (ulong)operation.Command);
    }

    /// <summary>What is about a virtual CPU cannot be asked for that of another domain.</summary>
    private static Errno ForeignRefusal(MmuExtendedCommand command) => command <= MmuExtendedCommand.UnmarkSuper ? Errno.Perm : Errno.NoSys;

    /// <summary>What can be done to the tables of any domain that one may control, its own too; `refusal` for all else.</summary>
    private static Errno PerformOnTables(ref Domain domain, in MmuExtendedOperation operation, Errno refusal) => operation.Command switch
    {
        MmuExtendedCommand.PinL1Table or MmuExtendedCommand.PinL2Table or MmuExtendedCommand.PinL3Table or MmuExtendedCommand.PinL4Table
            => Pins.Pin(ref domain, new Mfn(operation.Argument1), Level(operation.Command)),
        MmuExtendedCommand.UnpinTable => Pins.Unpin(ref domain, new Mfn(operation.Argument1)),
        MmuExtendedCommand.ClearPage => ClearFrame(ref domain, new Mfn(operation.Argument1)),
        MmuExtendedCommand.CopyPage => CopyFrame(ref domain, new Mfn(operation.Argument1), new Mfn(operation.Argument2)),
        _ => refusal,
    };

    private static FrameType Level(MmuExtendedCommand command) => (FrameType)((uint)command + 1);

    private static Errno PerformOne(ref VirtualCpu vcpu, in MmuExtendedOperation operation)
    {
        if (LockWatch.IsOn)
            LockWatch.Note((LockUse)Hypercall.MmuExtendedOp, (uint)operation.Command);
        var frame = new Mfn(operation.Argument1);
        switch (operation.Command)
        {
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
                return FlushSome(ref vcpu, new(operation.Argument2));
            case MmuExtendedCommand.InvalidatePageMulti:
                return FlushPageOfSome(ref vcpu, new(operation.Argument1), new(operation.Argument2));
            case MmuExtendedCommand.InvalidatePageLocal:
                if (!Layout.IsHypervisor(operation.Argument1))
                    Tlb.FlushPage(new(operation.Argument1));
                return Errno.None;
            case MmuExtendedCommand.InvalidatePageAll:
                if (!Layout.IsHypervisor(operation.Argument1))
                    Flushes.PageOf(ref vcpu, new(operation.Argument1), ulong.MaxValue);
                return Errno.None;
            case MmuExtendedCommand.FlushCache or MmuExtendedCommand.FlushCacheGlobal:
                return FlushCache(ref vcpu.Domain);
            case MmuExtendedCommand.SetLdt:
                return LocalDescriptors.Set(ref vcpu, new(operation.Argument1), operation.Argument2);
            case MmuExtendedCommand.MarkSuper or MmuExtendedCommand.UnmarkSuper:
                return Errno.OpNotSupp;
            default:
                return PerformOnTables(ref vcpu.Domain, operation, Errno.NoSys);
        }
    }

    /// <summary>Flushes the virtual CPUs that a bitmap in the guest's memory names.</summary>
    private static Errno FlushSome(ref VirtualCpu vcpu, GuestAddress bitmap)
    {
        if (!GuestMemory.TryRead64(bitmap, out ulong vcpus))
            return Errno.Inval;
        Flushes.Of(ref vcpu, vcpus);
        return Errno.None;
    }

    private static Errno FlushPageOfSome(ref VirtualCpu vcpu, GuestAddress address, GuestAddress bitmap)
    {
        if (!GuestMemory.TryRead64(bitmap, out ulong vcpus))
            return Errno.Inval;
        if (!Layout.IsHypervisor(address.Value))
            Flushes.PageOf(ref vcpu, address, vcpus);
        return Errno.None;
    }

    private static Errno FlushCache(ref Domain domain)
    {
        if (!domain.Rights.HasHardware)
            return Errno.Access;
        Preemption.Charge(Cost.CachesWritten);
        Instructions.WriteBackCaches();
        return Errno.None;
    }

    private static Errno ClearFrame(ref Domain domain, Mfn mfn)
    {
        Errno error = FrameTable.Exists(mfn) ? TypedReferences.Get(mfn, FrameType.Writable, domain.Id, ref domain) : Errno.Inval;
        if (error != Errno.None)
            return error;
        DirectMap.Frame(mfn).Clear();
        CacheAttributes.WriteBackIfOther(mfn);
        Written.Frame(mfn);
        Preemption.Charge(Cost.FrameCleared);
        TypedReferences.Put(mfn);
        return Errno.None;
    }

    private static Errno CopyFrame(ref Domain domain, Mfn destination, Mfn source)
    {
        if (!FrameTable.Exists(source) || !FrameTable.Exists(destination) || !FrameTable.TryGet(ref FrameTable.Of(source), domain.Id))
            return Errno.Inval;
        Errno error = TypedReferences.Get(destination, FrameType.Writable, domain.Id, ref domain);
        if (error == Errno.None)
        {
            CacheAttributes.WriteBackIfOther(source);
            DirectMap.Frame(source).CopyTo(DirectMap.Frame(destination));
            CacheAttributes.WriteBackIfOther(destination);
            Written.Frame(destination);
            Preemption.Charge(Cost.FrameCleared);
            TypedReferences.Put(destination);
        }
        FrameTable.Put(source);
        return error;
    }
}
