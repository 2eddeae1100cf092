using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Interrupts;

/// <summary>
/// The EOI map (PHYSDEVOP_pirq_eoi_gmfn): a page of the guest's in which a bit for each physical IRQ says that the guest must tell when it has
/// served the device (PHYSDEVOP_eoi). The hypervisor writes it and never reads it. The frame is held as writable until the domain's end.
/// </summary>
public static class EoiMap
{
    /// <summary>Takes the page that a guest gives. Errors: Inval, Busy where there is one.</summary>
    public static Errno Adopt(ref Domain domain, ulong number, bool unmasks)
    {
        var frame = new Mfn(number);
        if (!FrameTable.Exists(frame))
            return Errno.Inval;
        if (domain.Interrupts.EoiMapFrame.Value != 0)
            return Errno.Busy;
        if (TypedReferences.Get(frame, FrameType.Writable, domain.Id, ref domain) != Errno.None)
            return Errno.Inval;
        domain.Interrupts.EoiMapFrame = frame;
        domain.Interrupts.EoiUnmasks = unmasks;
        PhysicalInterrupts.Show(ref domain);
        return Errno.None;
    }

    /// <summary>The guest must tell.</summary>
    public static void Set(ref Domain domain, uint irq)
    {
        if (domain.Interrupts.EoiMapFrame.Value != 0)
            Interlocked.Or(ref Word(domain, irq), 1ul << (int)(irq % 64));
    }

    /// <summary>It need not.</summary>
    public static void Clear(ref Domain domain, uint irq)
    {
        if (domain.Interrupts.EoiMapFrame.Value != 0)
            Interlocked.And(ref Word(domain, irq), ~(1ul << (int)(irq % 64)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Word(in Domain domain, uint irq) => ref DirectMap.At<ulong>(domain.Interrupts.EoiMapFrame.Address + (irq >> 6 << 3));

    /// <summary>Lets the page go: the domain is being torn down.</summary>
    public static void Release(ref Domain domain) => TypedReferences.PutHeld(ref domain.Interrupts.EoiMapFrame);
}
