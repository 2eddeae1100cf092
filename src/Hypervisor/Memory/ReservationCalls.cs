using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// XENMEM_increase_reservation, decrease_reservation and populate_physmap: frames given to a domain and taken back. Each answers how many extents
/// were done; one that cannot be done ends the call (public/memory.h).
/// </summary>
public static class ReservationCalls
{
    private const int DonePosition = 6;
    private const uint DomainUOrder = 9;

    private struct Request
    {
        public MemoryReservation Reservation;
        public Link<Domain> Owner;
        public readonly ref Domain Domain => ref Owner.Value;
        public ulong Done;
        public int AddressBits;

        /// <summary>Frames of one extent.</summary>
        public readonly ulong Frames => 1ul << (int)Reservation.ExtentOrder;
    }

    /// <summary>Reads the record and where a continued call stands: bits 6 and up of the command.</summary>
    private static Errno Read(ref VirtualCpu vcpu, ulong record, out Request request)
    {
        request = default;
        if (!GuestMemory.TryRead(record, out request.Reservation))
            return Errno.Fault;
        request.Done = vcpu.Registers.Rdi >> DonePosition;
        uint bits = (uint)(request.Reservation.Flags & MemoryFlags.AddressBitsMask);
        request.AddressBits = bits == 0 ? 64 : (int)bits;
        Errno error = ForeignDomain.Find(ref vcpu, request.Reservation.Domain, out Link<Domain> domain);
        if (error != Errno.None)
            return error;
        request.Owner = domain;
        uint largest = vcpu.Domain.IsPrivileged ? (uint)FrameAllocator.MaximumOrder : DomainUOrder;
        if (request.Reservation.ExtentOrder > largest)
            return Errno.Perm;
        return request.Done <= request.Reservation.ExtentCount ? Errno.None : Errno.Inval;
    }

    /// <summary>The call's end, or its continuation with how far it has come.</summary>
    private static long Finish(ref VirtualCpu vcpu, in Request request, bool ended)
    {
        if (ended || request.Done == request.Reservation.ExtentCount)
            return unchecked((long)request.Done);
        vcpu.Registers.Rdi = (vcpu.Registers.Rdi & ((1ul << DonePosition) - 1)) | request.Done << DonePosition;
        return Hypercalls.Again;
    }

    private static ulong ElementOf(in Request request) => unchecked(request.Reservation.ExtentStart + request.Done * 8);

    /// <summary>Adds frames that have no pseudo-physical number; their machine numbers are written into the list if there is one.</summary>
    public static long Increase(ref VirtualCpu vcpu, ulong record)
    {
        Errno error = Read(ref vcpu, record, out Request request);
        if (error != Errno.None)
            return Hypercalls.Error(error);
        bool ended = false;
        while (!ended && !Preemption.IsDue && request.Done < request.Reservation.ExtentCount)
        {
            ended = !TryGive(ref request, out Mfn block)
                || (request.Reservation.ExtentStart != 0 && !GuestMemory.TryWrite64(ElementOf(request), block.Value));
            if (!ended)
                request.Done++;
        }
        return Finish(ref vcpu, request, ended);
    }

    /// <summary>Puts frames at the pseudo-physical numbers of the list, whose elements become machine numbers.</summary>
    public static long Populate(ref VirtualCpu vcpu, ulong record)
    {
        Errno error = Read(ref vcpu, record, out Request request);
        if (error != Errno.None)
            return Hypercalls.Error(error);
        bool ended = false;
        while (!ended && !Preemption.IsDue && request.Done < request.Reservation.ExtentCount)
        {
            ended = !GuestMemory.TryRead64(ElementOf(request), out ulong pfn) || !TryGive(ref request, out Mfn block)
                || !TryPlace(request, pfn, block);
            if (!ended)
                request.Done++;
        }
        return Finish(ref vcpu, request, ended);
    }

    private static bool TryPlace(in Request request, ulong pfn, Mfn block)
    {
        for (ulong index = 0; index < request.Frames; index++)
            MachineToPhysical.Set(block.Plus(index), unchecked(pfn + index));
        return GuestMemory.TryWrite64(ElementOf(request), block.Value);
    }

    private static bool TryGive(ref Request request, out Mfn block)
    {
        int order = (int)request.Reservation.ExtentOrder;
        block = default;
        return request.Domain.GuestPages + (1ul << order) <= request.Domain.MaximumPages
            && DomainMemory.TryGive(ref request.Domain, order, request.AddressBits, out block);
    }

    /// <summary>
    /// Takes back the frames of the list. Each must be the domain's and only lose its allocation here: what is still mapped is freed when the last
    /// mapping goes.
    /// </summary>
    public static long Decrease(ref VirtualCpu vcpu, ulong record)
    {
        Errno error = Read(ref vcpu, record, out Request request);
        if (error != Errno.None)
            return Hypercalls.Error(error);
        bool ended = false;
        while (!ended && !Preemption.IsDue && request.Done < request.Reservation.ExtentCount)
        {
            ended = !GuestMemory.TryRead64(ElementOf(request), out ulong number) || !TryTakeBack(request, new Mfn(number));
            if (!ended)
                request.Done++;
        }
        return Finish(ref vcpu, request, ended);
    }

    private static bool TryTakeBack(in Request request, Mfn block)
    {
        ulong count = request.Frames;
        if (block.Value >= State.Frames.Length || State.Frames.Length - block.Value < count)
            return false;
        for (ulong index = 0; index < count; index++)
        {
            Mfn frame = block.Plus(index);
            if (!FrameTable.IsOwnedBy(frame, request.Domain.Id) || !DomainMemory.TryTakeBack(ref request.Domain, frame))
                return false;
        }
        return true;
    }
}
