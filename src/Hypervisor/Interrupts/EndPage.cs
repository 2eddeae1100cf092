using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Interrupts;

/// <summary>
/// A page of the guest's in which a bit for each physical IRQ says that the guest must tell when it has served the device (PHYSDEVOP_eoi). The
/// hypervisor writes it and never reads it. The frame is held as writable until the domain's end.
/// </summary>
public static class EndPage
{
    /// <summary>Takes the page that a guest gives. Errors: Inval, Busy where there is one.</summary>
    public static Errno Adopt(ref Domain domain, ulong number, bool unmasks)
    {
        var frame = new Mfn(number);
        if (!FrameTable.Exists(frame))
            return Errno.Inval;
        if (domain.Interrupts.EndFrame.Value != 0)
            return Errno.Busy;
        if (TypedReferences.Take(frame, FrameType.Writable, domain.Id, ref domain) != Errno.None)
            return Errno.Inval;
        domain.Interrupts.EndFrame = frame;
        domain.Interrupts.EndUnmasks = unmasks;
        PhysicalInterrupts.Show(ref domain);
        return Errno.None;
    }

    /// <summary>The guest must tell.</summary>
    public static void Set(ref Domain domain, uint irq)
    {
        if (domain.Interrupts.EndFrame.Value != 0)
            Interlocked.Or(ref Word(domain, irq), 1ul << (int)(irq % 64));
    }

    /// <summary>It need not.</summary>
    public static void Clear(ref Domain domain, uint irq)
    {
        if (domain.Interrupts.EndFrame.Value != 0)
            Interlocked.And(ref Word(domain, irq), ~(1ul << (int)(irq % 64)));
    }

    private static ref ulong Word(in Domain domain, uint irq) => ref DirectMap.At<ulong>(domain.Interrupts.EndFrame.Address + irq / 64 * 8);

    /// <summary>Lets the page go: the domain is being taken apart.</summary>
    public static void Release(ref Domain domain)
    {
        Mfn frame = domain.Interrupts.EndFrame;
        domain.Interrupts.EndFrame = default;
        if (frame.Value != 0)
            TypedReferences.Give(frame);
    }
}
