using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// Page faults of guests. Most are the guest's own and go to its handler. A write of its kernel to one of its L1 tables, which are mapped
/// read-only, is done for it with the checks of mmu_update; a fault that the present tables do not explain is retried.
/// </summary>
public static class PageFault
{
    private const uint Present = 1, Write = 2, User = 4, Reserved = 8, Fetch = 16;

    /// <summary>
    /// Gives a fault at an address to the guest without the lock; false where it takes more than that, and then nothing has changed but what the
    /// guest may see of the address. A kernel's that a present page explains may be a write to a table.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDeliverAlone(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        if (vcpu.IsKernel)
        {
            if ((errorCode & Present) != 0)
                return false;
            errorCode &= ~User;
        }
        else
        {
            errorCode |= User;
        }
        if (Layout.IsHypervisor(address))
            return false;
        vcpu.Info.Value.Arch.Cr2 = address;
        return Exceptions.TryDeliverPageFault(ref vcpu, errorCode);
    }

    /// <summary>Handles a fault at an address, with the lock.</summary>
    public static void Handle(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        const uint writeRefused = Present | Write;
        bool isRefused = vcpu.IsKernel && (errorCode & (writeRefused | Reserved | Fetch)) == writeRefused;
        if (isRefused)
            HandleRefusedWrite(ref vcpu, address, errorCode);
        else if (Layout.IsHypervisor(address))
            HandleInside(ref vcpu, address, errorCode);
        else
            DeliverTo(ref vcpu, address, errorCode);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HandleRefusedWrite(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        if (!TryWriteTable(ref vcpu, address))
            HandleInside(ref vcpu, address, errorCode);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HandleInside(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        if (!TryDescriptor(ref vcpu, address, errorCode))
            DeliverTo(ref vcpu, address, errorCode);
    }

    /// <summary>
    /// Handles a fault of the processor's own reading of a descriptor, for a guest's selector: shows it the page of the LDT, or gives the guest the
    /// general protection fault of a selector that there is not. False for faults of other kinds.
    /// </summary>
    public static bool TryDescriptor(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        if (!Layout.IsHypervisor(address))
            return false;
        if (LocalDescriptors.TryShowFor(ref vcpu, address))
            return true;
        if ((errorCode & User) != 0 || !LocalDescriptors.TryFindSelector(ref vcpu, address, out uint selector))
            return false;
        Exceptions.Deliver(ref vcpu, Exceptions.GeneralProtection, selector);
        return true;
    }

    /// <summary>Gives the guest a page fault; what counts as user is the guest's mode, since the processor sees ring 3 always.</summary>
    public static void DeliverTo(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        vcpu.Info.Value.Arch.Cr2 = address;
        errorCode = vcpu.IsKernel ? errorCode & ~User : errorCode | User;
        Exceptions.Deliver(ref vcpu, Exceptions.PageFaultVector, errorCode);
    }

    /// <summary>Emulates a write to an L1 table; true where it is done, or where the write is now allowed and can be tried again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryWriteTable(ref VirtualCpu vcpu, ulong address)
    {
        bool assists = vcpu.Domain.Assists(VmAssistType.WritablePageTables);
        EntryPlace place = assists || vcpu.Domain.Rights.HasHardware ? Level1Entries.Find(vcpu.KernelRoot, new(address)) : default;
        if (place.IsNowhere)
            return false;
        ulong mapping = place.Slot;
        if ((mapping & PageTableEntry.Present) == 0)
            return false;
        Mfn target = PageTableEntry.FrameOf(mapping);
        ref Frame frame = ref FrameTable.OfAny(target);
        if (frame.Owner == DomainIds.Io && (mapping & PageTableEntry.Writable) == 0)
            return vcpu.Domain.Rights.HasHardware && DeviceWrites.TryPerform(ref vcpu, address, target);
        if (!assists)
            return false;
        if ((mapping & PageTableEntry.Writable) != 0)
            return AllLevelsWritable(vcpu.KernelRoot, address);
        if (frame.Owner != vcpu.Domain.Id || !FrameTable.IsValidated(frame.State, FrameType.L1))
            return false;
        ref ulong slot = ref DirectMap.At<ulong>(target.Address + (address & 0xff8));
        if (GuestMemory.TryRead64(new(vcpu.Registers.Rip), out ulong text) && PlainWrite.TryDecode(text, out PlainWrite write)
            && write.AddressIn(vcpu.Registers) == address)
            return TryPlain(ref vcpu, write, unchecked((int)(address & 7)), ref slot);
        return TryEmulate(ref vcpu, address, ref slot);
    }

    private static bool AllLevelsWritable(ulong root, ulong address)
    {
        Mfn table = PageTableEntry.FrameOf(root);
        for (int level = 4; level >= 1; level--)
        {
            ulong entry = DirectMap.Table(table)[PageTableEntry.Index(address, level)];
            if ((entry & PageTableEntry.Writable) == 0)
                return false;
            table = PageTableEntry.FrameOf(entry);
        }
        Tlb.FlushPage(new(address));
        return true;
    }

    /// <summary>Does one of the usual writes; false where it is refused, or has an operand that is not of one entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPlain(ref VirtualCpu vcpu, in PlainWrite write, int offset, ref ulong slot)
    {
        ref Registers registers = ref vcpu.Registers;
        if (write.DependsOnOld)
        {
            if (!TryReadModifyWrite(ref vcpu, write, offset, ref slot))
                return false;
        }
        else
        {
            ulong value = registers.Read(write.Register);
            if (offset != 0 || Level1Entries.Exchange(ref slot, value, ref vcpu.Domain, out ulong old) != Errno.None)
                return false;
            if (write.Operation == Operation.Exchange)
                registers.ByNumber(write.Register) = old;
        }
        registers.Rip = unchecked(registers.Rip + write.Length);
        Exceptions.Retire(ref vcpu);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadModifyWrite(ref VirtualCpu vcpu, in PlainWrite write, int offset, ref ulong slot)
    {
        if (offset != 0 && !write.IsOfByte)
            return false;
        return write.Operation == Operation.CompareExchange
            ? TryCompareExchange(ref vcpu, vcpu.Registers.Read(write.Register), ref slot) : TryModify(ref vcpu, write, offset, ref slot);
    }

    /// <summary>Does an and, or, bts or btr.</summary>
    private static bool TryModify(ref VirtualCpu vcpu, in PlainWrite write, int offset, ref ulong slot)
    {
        ulong old, entry;
        Errno error;
        do
        {
            old = Volatile.Read(ref slot);
            entry = write.After(old, offset);
            error = Level1Entries.ReplaceExact(ref slot, entry, ref vcpu.Domain, old);
        }
        while (error == Errno.Again);
        if (error != Errno.None)
            return false;
        ref ulong flags = ref vcpu.Registers.Rflags;
        flags = write.IsOfByte ? ArithmeticFlags.AfterLogic(flags, entry >> offset * 8 & 0xff, 1)
            : ArithmeticFlags.AfterBitTest(flags, (old & write.BitsAt(0)) != 0);
        return true;
    }

    /// <summary>Does a cmpxchg with RAX: one that finds another value stores nothing, and so is never refused.</summary>
    private static bool TryCompareExchange(ref VirtualCpu vcpu, ulong entry, ref ulong slot)
    {
        ref Registers registers = ref vcpu.Registers;
        ulong expected = registers.Rax, found;
        Errno error;
        do
        {
            found = Volatile.Read(ref slot);
            error = found == expected ? Level1Entries.ReplaceExact(ref slot, entry, ref vcpu.Domain, expected) : Errno.None;
        }
        while (error == Errno.Again);
        if (error != Errno.None)
            return false;
        registers.Rflags = ArithmeticFlags.AfterSubtract(registers.Rflags, expected, found, 8);
        registers.Rax = found;
        return true;
    }

    /// <summary>Decodes and does any instruction that writes to memory.</summary>
    private static bool TryEmulate(ref VirtualCpu vcpu, ulong address, ref ulong slot)
    {
        if (!InstructionFetch.TryDecode(ref vcpu, out Instruction instruction) || !instruction.WritesMemory)
            return false;
        ref Registers registers = ref vcpu.Registers;
        ulong operand = GuestSegments.AddressOf(instruction, registers);
        if (operand != address)
            return false;
        while (true)
        {
            ulong old = Volatile.Read(ref slot);
            if (!PageTableWrite.TryPrepare(instruction, registers, (int)(address & 7), old, out PageTableWrite write))
                return false;
            Errno error = write.Stores ? Level1Entries.ReplaceExact(ref slot, write.NewEntry, ref vcpu.Domain, old) : Errno.None;
            if (error == Errno.Again)
                continue;
            if (error != Errno.None)
                return false;
            write.Complete(instruction, ref registers);
            Exceptions.Retire(ref vcpu);
            return true;
        }
    }
}
