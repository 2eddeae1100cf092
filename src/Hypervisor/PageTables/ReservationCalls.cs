using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// XENMEM_increase_reservation, decrease_reservation and populate_physmap: frames given to a domain and taken back. Each answers how many extents
/// were done; one that cannot be done ends the call (public/memory.h).
/// How far a call has come is kept in the high bits of its command; an extent of more than 2 MiB counts there by pieces of 2 MiB.
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
        public int AddressBits;

        /// <summary>Pieces done, and log2 of the pieces of an extent: extents of more than 2 MiB are done piece by piece.</summary>
        public ulong Done;
        public int PieceShift;

        /// <summary>Whether there is nothing more to do.</summary>
        public readonly bool IsDone => Done == Reservation.ExtentCount << PieceShift;

        /// <summary>The extent at hand, the piece of it, and the frames of a piece.</summary>
        public readonly ulong Extent => Done >> PieceShift;
        public readonly ulong Piece => Done & ((1ul << PieceShift) - 1);
        public readonly ulong Frames => 1ul << ((int)Reservation.ExtentOrder - PieceShift);

        /// <summary>What giving a piece costs at most, which is done in one go.</summary>
        public readonly ulong CostOfPiece => Frames * (Cost.FrameHanded + Cost.FrameCleared);

        /// <summary>Whether extents are found in one step and given in others, and whether the present one is still to be found.</summary>
        public readonly bool IsLarge => Reservation.ExtentOrder >= Allocations.LargestStep;

        /// <inheritdoc cref="IsLarge"/>
        public readonly bool IsToBeFound => IsLarge && Piece == 0 && !Domain.Memory.Extent.IsFound((int)Reservation.ExtentOrder, AddressBits);

        /// <summary>Whether a piece is the last of its extent.</summary>
        public readonly bool IsLast => Piece == (1ul << PieceShift) - 1;

        /// <summary>The extent's place in the list.</summary>
        public readonly GuestAddress Element => new GuestAddress(Reservation.ExtentStart) + unchecked(Extent * 8);
    }

    /// <summary>Reads the record and where a continued call stands: bits 6 and up of the command.</summary>
    private static Errno Read(ref VirtualCpu vcpu, GuestAddress record, out Request request)
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
        uint largest = vcpu.Domain.Rights.RunsMachine ? (uint)FrameAllocator.MaximumOrder : DomainUOrder;
        if (request.Reservation.ExtentOrder > largest)
            return Errno.Perm;
        int order = (int)request.Reservation.ExtentOrder;
        request.PieceShift = order > Allocations.LargestStep ? order - Allocations.LargestStep : 0;
        // As in Xen, a count that its continuation could not tell is not begun at all.
        if (request.Reservation.ExtentCount > ulong.MaxValue >> (DonePosition + request.PieceShift))
            request.Reservation.ExtentCount = request.Extent;
        return request.Done <= request.Reservation.ExtentCount << request.PieceShift ? Errno.None : Errno.Inval;
    }

    /// <summary>The call's end, or its continuation with how far it has come.</summary>
    private static long Finish(ref VirtualCpu vcpu, in Request request, bool ended)
    {
        if (ended && request.IsLarge)
            LargeExtents.Abandon(ref request.Domain);
        if (ended || request.IsDone)
            return unchecked((long)request.Extent);
        vcpu.Registers.Rdi = (vcpu.Registers.Rdi & ((1ul << DonePosition) - 1)) | request.Done << DonePosition;
        return CallResult.Again;
    }

    /// <summary>
    /// Adds frames: where `places`, at the pseudo-physical numbers of the list, whose elements become machine numbers; else without such a number,
    /// and their machine numbers are written into the list if there is one.
    /// </summary>
    public static long Give(ref VirtualCpu vcpu, GuestAddress record, bool places)
    {
        Errno error = Read(ref vcpu, record, out Request request);
        if (error != Errno.None)
            return CallResult.Error(error);
        bool ended = false;
        while (!ended && Preemption.Allows(request.CostOfPiece) && !request.IsDone)
        {
            if (request.IsToBeFound)
            {
                ended = !TryFind(ref request);
                continue;
            }
            ended = !TryGivePiece(ref request, places);
            if (!ended)
                request.Done++;
        }
        return Finish(ref vcpu, request, ended);
    }

    private static bool TryGivePiece(ref Request request, bool places)
    {
        ulong pfn = 0;
        if (places && !GuestMemory.TryRead64(request.Element, out pfn))
            return false;
        if (!TryGive(ref request, out Mfn frames))
            return false;
        ulong count = request.Frames, first = unchecked(pfn + request.Piece * count);
        for (ulong index = 0; places && index < count; index++)
            MachineToPhysical.Set(frames.Plus(index), unchecked(first + index));
        return (!places && request.Reservation.ExtentStart == 0) || TryTell(request, frames);
    }

    /// <summary>With the last piece of an extent, its first frame is told.</summary>
    private static bool TryTell(in Request request, Mfn frames)
        => !request.IsLast || GuestMemory.TryWrite64(request.Element, frames.Value - request.Piece * request.Frames);

    private static bool MayHaveMore(in Request request)
        => request.Domain.Memory.CountedPages + (1ul << (int)request.Reservation.ExtentOrder) <= request.Domain.Memory.MaximumPages;

    /// <summary>Finds the block of a large extent: that may be long, and its first piece is given only if enough is left of the budget.</summary>
    private static bool TryFind(ref Request request)
    {
        LargeExtents.Abandon(ref request.Domain);
        return MayHaveMore(request) && LargeExtents.TryBegin(ref request.Domain, (int)request.Reservation.ExtentOrder, request.AddressBits);
    }

    private static bool TryGive(ref Request request, out Mfn frames)
    {
        int order = (int)request.Reservation.ExtentOrder;
        if (request.IsLarge)
            return LargeExtents.TryGive(ref request.Domain, order, request.Piece, out frames);
        frames = default;
        return MayHaveMore(request) && Allocations.TryGive(ref request.Domain, order, request.AddressBits, out frames);
    }

    /// <summary>
    /// Takes back the frames of the list. Each must be the domain's and only lose its allocation here: what is still mapped is freed when the last
    /// mapping goes.
    /// </summary>
    public static long Decrease(ref VirtualCpu vcpu, GuestAddress record)
    {
        Errno error = Read(ref vcpu, record, out Request request);
        if (error != Errno.None)
            return CallResult.Error(error);
        bool ended = false;
        ulong count = request.Frames;
        while (!ended && !Preemption.IsDue && !request.IsDone)
        {
            ended = !GuestMemory.TryRead64(request.Element, out ulong number)
                || !TryTakeBack(ref request.Domain, new Mfn(unchecked(number + request.Piece * count)), count);
            if (!ended)
                request.Done++;
        }
        return Finish(ref vcpu, request, ended);
    }

    private static bool TryTakeBack(ref Domain domain, Mfn frames, ulong count)
    {
        if (frames.Value >= FrameTable.All.Length || FrameTable.All.Length - frames.Value < count)
            return false;
        for (ulong index = 0; index < count; index++)
        {
            Mfn frame = frames.Plus(index);
            if (!FrameTable.IsOwnedBy(frame, domain.Id) || !Allocations.TryTakeBack(ref domain, frame))
                return false;
        }
        return true;
    }
}
