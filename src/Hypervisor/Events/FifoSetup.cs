using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>
/// The guest's choice of the FIFO form: control blocks, pages of event words, priorities. These frames are the guest's own, held as writable like a
/// record of the shared page, so they never become tables while the hypervisor writes there.
/// </summary>
public static class FifoSetup
{
    private const uint ControlBytes = 72, Alignment = 8;

    /// <summary>
    /// Takes a virtual CPU's control block; the first one of a domain chooses the form, for which all ports are looked at in one go. Errors: NoEnt,
    /// Inval, Restart where too little is left of the present call's budget.
    /// </summary>
    public static Errno InitControl(ref Domain domain, in EventInitControl request)
    {
        if (request.Vcpu >= domain.VcpuCount)
            return Errno.NoEnt;
        if (!domain.Events.IsFifo && !Preemption.Allows(Cost.Port * EventTable.TwoLevelPorts))
            return Errno.Restart;
        ref FifoQueues queues = ref domain.Vcpu(request.Vcpu).Events.Fifo;
        if (request.Offset > Mfn.Size - ControlBytes || request.Offset % Alignment != 0 || !queues.Control.IsNull)
            return Errno.Inval;
        var frame = new Mfn(request.ControlFrame);
        if (!TryHold(ref domain, frame))
            return Errno.Inval;
        queues.ControlFrame = frame;
        queues.Control = DirectMap.LinkTo<EventFifoControlBlock>(frame.Address + request.Offset);
        if (!domain.Events.IsFifo)
            Switch(ref domain);
        return Errno.None;
    }

    private static bool TryHold(ref Domain domain, Mfn frame)
        => FrameTable.Exists(frame) && TypedReferences.Get(frame, FrameType.Writable, domain.Id, ref domain) == Errno.None;

    /// <summary>What is pending in the two-level form waits for its event word.</summary>
    private static void Switch(ref Domain domain)
    {
        Preemption.Charge(Cost.Port, EventTable.TwoLevelPorts);
        for (uint port = 1; port < EventTable.TwoLevelPorts; port++)
        {
            if (!domain.Events.HasPage(port))
                port |= EventTable.PortsPerPage - 1;
            else if (EventChannels.IsOpen(ref domain, port))
                domain.Events.At(port).IsWaiting = TwoLevelEvents.IsPending(ref domain, port);
        }
        domain.Events.IsFifo = true;
    }

    /// <summary>
    /// Adds a page of event words, and raises what waited for it, which is up to a page of events in one go. Errors: OpNotSupp in the two-level form,
    /// NoSpc, Inval, NoMem, Restart where too little is left of the present call's budget.
    /// </summary>
    public static Errno ExpandArray(ref Domain domain, ulong frameNumber)
    {
        if (!domain.Events.IsFifo)
            return Errno.OpNotSupp;
        uint first = domain.Events.WordPages * EventTable.WordsPerPage;
        if (first >= EventTable.FifoPorts)
            return Errno.NoSpc;
        if (!Preemption.Allows(Cost.Event * EventTable.WordsPerPage))
            return Errno.Restart;
        var frame = new Mfn(frameNumber);
        if (!TryHold(ref domain, frame))
            return Errno.Inval;
        if (!domain.Events.TryAddWords(frame))
        {
            TypedReferences.Put(frame);
            return Errno.NoMem;
        }
        Preemption.Charge(Cost.Port, EventTable.WordsPerPage);
        for (uint port = first; port < first + EventTable.WordsPerPage; port++)
            RaiseWaiting(ref domain, port);
        return Errno.None;
    }

    private static void RaiseWaiting(ref Domain domain, uint port)
    {
        if (!EventChannels.IsOpen(ref domain, port) || !domain.Events.At(port).IsWaiting)
            return;
        domain.Events.At(port).IsWaiting = false;
        Preemption.Charge(Cost.Event);
        FifoEvents.Raise(ref domain, port);
    }

    /// <summary>Sets the priority of an end's future events. Errors: NoSys in the two-level form, Inval.</summary>
    public static Errno SetPriority(ref Domain domain, in EventSetPriority request)
    {
        if (!EventChannels.IsOpen(ref domain, request.Port))
            return Errno.Inval;
        if (!domain.Events.IsFifo)
            return Errno.NoSys;
        if (request.Priority > EventFifo.PriorityMin)
            return Errno.Inval;
        domain.Events.At(request.Port).Priority = (byte)request.Priority;
        return Errno.None;
    }

    /// <summary>Back to the two-level form: lets the guest's frames go. No end but the hypervisor's may be open.</summary>
    public static void Leave(ref Domain domain)
    {
        if (!domain.Events.IsFifo)
            return;
        domain.Events.IsFifo = false;
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            ref FifoQueues queues = ref domain.Vcpu(number).Events.Fifo;
            (bool had, Mfn frame) = (!queues.Control.IsNull, queues.ControlFrame);
            queues = default;
            if (had)
                TypedReferences.Put(frame);
        }
        Preemption.Charge(Cost.SmallRecord, domain.Events.WordPages + domain.VcpuCount);
        while (domain.Events.TryRemoveWords(out Mfn frame))
            TypedReferences.Put(frame);
        if (!domain.SharedInfo.IsNull)
            domain.SharedInfo.Value.EventPending.AsSpan().Clear();
    }
}
