using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Frames;

/// <summary>
/// The two counts that keep guests apart while they own their page tables.
///
/// Theory. Every frame has a count of references and a type with a count of typed references; a typed reference is a reference too.
/// References are: one for the allocation itself, one for each present L1 entry that maps it, one for each use as a table, pin, root,
/// descriptor page or shared page. A typed reference says what for: Writable for a mapping with RW, L1 to L4 for a table named by the level above, a
/// pin or a root, Descriptors for a GDT or LDT. The type can change only while no typed reference exists, hence the invariant:
/// no frame is ever a table (or descriptors) and writable by a guest at the same time; so every entry the processor walks was validated here.
/// When the first typed reference of a table's type is taken, the table's entries are validated and take references in turn; when the last
/// goes, they give them back. A table may name only tables of the next lower level, so this ends after four levels.
///
/// Both can be long, so both can stop half-way. A table of level 2 to 4 whose first entries hold what they name, and whose others hold nothing, is
/// partly validated: it has its type, one typed reference that is its own, and no other; nobody can use it. That state belongs to no call. Whoever
/// takes the type goes on upwards, and when all entries hold, the table's own reference is his; whoever takes it apart goes on downwards, and when
/// none holds, the reference is given back. See PartlyValidated (PageTables).
///
/// A translation that the processor remembers can outlive its entry. Before a frame is used as another type, or by another domain, the TLB has been
/// flushed since the last use under the old one: the frame's stamp is the flush clock at that moment, and it is compared, not guessed.
/// A frame goes back to the allocator when its count falls to zero, never sooner.
/// </summary>
public static class FrameTable
{
    /// <summary>One record for each machine frame up to the highest frame of RAM.</summary>
    public static ref Table<Frame> All => ref FramesState.Now.FrameTableAll;

    /// <summary>Frame numbers from here on cannot be addressed by the processor.</summary>
    public static ref ulong PhysicalLimit => ref FramesState.Now.FrameTablePhysicalLimit;

    /// <summary>The frame's record; a number beyond the table stops the machine, so callers have asked <see cref="Exists"/> first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref Frame Of(Mfn mfn)
    {
        HypervisorLock.DemandInTests();
        return ref All[mfn.Value];
    }

    /// <summary>
    /// The frame's record, or that of frame 0 for a number beyond the table. Frame 0 is never RAM of ours (FrameSetup), so who asks for the owner
    /// treats both alike. One comparison and no way to fail, which keeps the hot paths free of spilled registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref Frame OfAny(Mfn mfn)
    {
        HypervisorLock.DemandInTests();
        return ref All.AtOrFirst(mfn.Value);
    }

    /// <summary>Whether there is a record for that number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Exists(Mfn mfn) => mfn.Value < All.Length;

    /// <summary>Whether the frame exists, belongs to the domain and is not about to be freed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOwnedBy(Mfn mfn, ushort owner)
    {
        ref Frame frame = ref OfAny(mfn);
        return frame.Owner == owner && frame.Count != 0;
    }

    /// <summary>
    /// Whether a frame in such a state may get one more untyped reference; who asks has compared the owner. Devices' frames (DOMID_IO) are not
    /// counted, so they have none and get none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayGet(ulong state) => (state & Frame.CountMask) != 0 && (state & Frame.Full) == 0;

    /// <summary>
    /// Whether a frame in such a state may get one more typed reference beside others of the type: it is marked as validated only while there are
    /// such. Who asks has compared the owner.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayGetAnother(ulong state, FrameType type)
        => (state & (Frame.Validated | Frame.TypeMask | Frame.Full)) == (Frame.Validated | unchecked((ulong)type << Frame.TypeShift));

    /// <summary>
    /// Whether a frame in such a state may get one more writable mapping without more ado: it has such ones, or had when it last was anything. What
    /// <see cref="Frame.GetWritable"/> makes of the state is then its new one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayGetWritable(ulong state)
        => (state & (Frame.TypeMask | Frame.Full | Frame.Attributed)) == (ulong)FrameType.Writable << Frame.TypeShift
            && (state & Frame.CountMask) != 0;

    /// <summary>Whether a frame in such a state may get one more mapping that is read-only, write-back, without more ado.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayGetReadable(ulong state) => (state & Frame.CountMask) != 0 && (state & (Frame.Full | Frame.Attributed)) == 0;

    /// <summary>Whether a frame in such a state is in use as a type and was validated for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValidated(ulong state, FrameType type)
        => (state & (Frame.Validated | Frame.TypeMask)) == (Frame.Validated | unchecked((ulong)type << Frame.TypeShift));

    /// <summary>Whether the only reference of all is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLast(ulong state) => (state & Frame.CountMask & ~Frame.CountUnit) == 0;

    /// <summary>Whether the only typed reference is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLastOfType(ulong state) => (state & Frame.TypeCountMask & ~Frame.TypeUnit) == 0;

    /// <summary>Takes an untyped reference to a frame; false where it is not the given owner's, has none, or has as many as can be counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryGet(ref Frame frame, ushort owner)
    {
        ulong state = frame.State;
        if (frame.Owner != owner || !MayGet(state))
            return false;
        frame.GetPage(state);
        return true;
    }

    /// <summary>Gives an untyped reference back.</summary>
    public static void Put(Mfn mfn) => Put(mfn, ref Of(mfn));

    /// <summary>Gives an untyped reference back to the frame whose record it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Mfn mfn, ref Frame frame)
    {
        frame.PutPage(frame.State);
        if ((frame.State & Frame.CountMask) == 0)
            Release(mfn, ref frame);
    }

    /// <summary>Gives back the only typed reference of a frame, of which no entry holds anything any more.</summary>
    internal static void Forget(Mfn mfn, ref Frame frame)
    {
        frame.PutLastTyped(Tlb.Clock);
        if (frame.Count == 0)
            Release(mfn, ref frame);
    }

    /// <summary>
    /// Gives the allocation's own reference back: the frame is free once nothing else refers to it. False where that had been done.
    /// </summary>
    public static bool PutAllocation(Mfn mfn) => PutAllocation(mfn, ref Of(mfn));

    /// <summary>The same of the frame whose record it is.</summary>
    public static bool PutAllocation(Mfn mfn, ref Frame frame)
    {
        if (!frame.Has(Frame.Allocated))
            return false;
        frame.Unmark(Frame.Allocated);
        Put(mfn, ref frame);
        return true;
    }

    private static void Release(Mfn mfn, ref Frame frame)
    {
        Preemption.Charge(Cost.FrameFreed);
        if (DomainTable.TryFind(frame.Owner, out Link<Domain> owner))
        {
            FrameList.Remove(ref owner.Value, mfn);
            if (owner.Value.Stage == DomainStage.Dying && owner.Value.Memory.PageCount == 0)
                Processors.All[CurrentProcessor.Number].Value.Work |= ProcessorWork.Teardown;
        }
        FreeTaken(mfn, ref frame);
    }

    /// <summary>Frees a frame that nothing refers to any more and that is on nobody's list.</summary>
    internal static void FreeTaken(Mfn mfn, ref Frame frame)
    {
        frame.Stamp = Tlb.Clock;
        MachineToPhysical.All[mfn.Value] = MachineToPhysical.Invalid;
        FrameAllocator.Free(mfn);
    }
}
