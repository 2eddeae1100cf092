using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Typed references to frames (<see cref="FrameTable"/>): the first one of a table's type validates its entries, the last one gives back what they
/// hold.
/// </summary>
public static class TypedReferences
{
    /// <summary>
    /// Takes a typed reference to a frame of the given owner, which the domain's tables will use. Errors: Inval where the frame is not the owner's,
    /// is in use as another type, is a table that does not validate, or is to be one while it is mapped otherwise than write-back.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Errno Get(Mfn mfn, FrameType type, ushort owner, ref Domain domain)
    {
        ref Frame frame = ref FrameTable.OfAny(mfn);
        ulong state = frame.State;
        if (frame.Owner != owner || !FrameTable.MayGetAnother(state, type))
            return GetFirst(mfn, ref frame, type, owner, ref domain);
        frame.GetTyped(state);
        return Errno.None;
    }

    private static Errno GetFirst(Mfn mfn, ref Frame frame, FrameType type, ushort owner, ref Domain domain)
    {
        ulong state = frame.State;
        if (frame.Owner != owner || frame.Count == 0 || frame.Has(Frame.Full))
            return Errno.Inval;
        if ((state & Frame.TypeCountMask) != 0)
            return frame.Has(Frame.Partly) && frame.Type == type ? PartlyValidated.GoOn(mfn, ref frame, ref domain) : Errno.Inval;
        if (frame.Type != type)
            Flushes.BeforeNewType(ref frame);
        if (type != FrameType.Writable && !CacheAttributes.Forget(mfn, ref frame))
            return Errno.Inval;
        frame.GetFirstTyped(type);
        if (type == FrameType.Writable)
            return Errno.None;
        frame.Place = 0;
        if (type != FrameType.Descriptors)
            return PartlyValidated.GoOn(mfn, ref frame, ref domain);
        Errno error = DescriptorRules.Validate(mfn);
        if (error == Errno.None)
            frame.Mark(Frame.Validated);
        else
            frame.PutUnfit();
        return error;
    }

    /// <summary>Gives a typed reference back; the last one of a table gives back what the table's entries hold.</summary>
    public static void Put(Mfn mfn) => Put(mfn, ref FrameTable.Of(mfn));

    /// <summary>Gives back the typed reference to a frame that a record names, if it names one; it names none from then on.</summary>
    public static void PutHeld(ref Mfn held)
    {
        Mfn mfn = held;
        held = default;
        if (mfn.Value != 0)
            Put(mfn);
    }

    /// <summary>Gives a typed reference back to the frame whose record it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Mfn mfn, ref Frame frame)
    {
        if (FrameTable.IsLastOfType(frame.State))
            PutLast(mfn, ref frame);
        else
            frame.PutTyped(frame.State);
    }

    private static void PutLast(Mfn mfn, ref Frame frame)
    {
        if (frame.Type > FrameType.L4)
        {
            FrameTable.Forget(mfn, ref frame);
            return;
        }
        frame.Unmark(Frame.Validated);
        frame.Place = PageTableEntry.Count;
        PartlyValidated.TakeApart(mfn, ref frame);
    }
}
