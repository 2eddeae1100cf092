using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// Takes a dying domain apart: first its events, so that peers see their ends unbound, and what uses its frames (virtual CPUs, shared
/// pages), then its pins, then its handles on others' grants, then the frames' allocations. Nothing of it is touched before all its virtual CPUs
/// are out (<see cref="Stops"/>). Each slice is short, others run in between. A frame that another domain still maps, or a handle that it still has
/// on a grant, keeps the domain's record alive until it comes back.
/// </summary>
public static class Teardown
{
    private const int FramesPerSlice = 1024;

    /// <summary>The first and the last of the dying, in their order; the others follow by Domain.NextDying.</summary>
    private static Link<Domain> dying, lastDying;

    /// <summary>Notes that a domain is dying.</summary>
    public static void Begin(ref Domain domain)
    {
        domain.Stage = DomainStage.Dying;
        domain.Teardown.Since = SystemTime.Now;
        var link = Link<Domain>.To(ref domain);
        if (dying.IsNull)
            dying = link;
        else
            lastDying.Value.Teardown.Next = link;
        lastDying = link;
        Processors.All[CurrentProcessor.Number].Value.Work |= ProcessorWork.Teardown;
    }

    /// <summary>Does one slice for a domain that is dying; false where there is nothing that can be done now.</summary>
    public static bool Step(ref ProcessorState processor)
    {
        HypervisorLock.Demand();
        Link<Domain> previous = default, link = dying;
        for (; !link.IsNull && (IsWaiting(link.Value) || IsSpeaking(link.Value, ref processor)); link = link.Value.Teardown.Next)
            previous = link;
        if (link.IsNull)
            return false;
        processor.Work |= ProcessorWork.Teardown;
        if (!Stops.IsOut(ref link.Value))
            return false;
        Preemption.Charge(Cost.Slice);
        ulong begun = Account.Begin(ref processor);
        long rest = Preemption.BeginSlice();
        bool done = TryAdvance(ref link.Value);
        Preemption.EndSlice(rest);
        Account.End(ref processor, begun, ref link.Value);
        if (!done || RebootLimit.HoldsBack(ref link.Value))
            return true;
        if (previous.IsNull)
            dying = link.Value.Teardown.Next;
        else
            previous.Value.Teardown.Next = link.Value.Teardown.Next;
        if (lastDying.Same(link))
            lastDying = previous;
        Finish(ref link.Value);
        return true;
    }

    /// <summary>Others still map its frames, or hold handles on its grants; or its next life is held back.</summary>
    private static bool IsWaiting(in Domain domain) => domain.Teardown.Phase switch
    {
        TeardownPhase.WaitingForOthers => domain.Memory.PageCount != 0 || domain.Grants.Outstanding != 0,
        TeardownPhase.HeldBack => SystemTime.Now < domain.Teardown.HeldUntil,
        _ => false,
    };

    /// <summary>The terminal is slower than its last words: others may go before it, and it is looked at again.</summary>
    private static bool IsSpeaking(in Domain domain, ref ProcessorState processor)
    {
        if (domain.Teardown.Phase != TeardownPhase.Events || !GuestConsole.IsSpeaking(domain))
            return false;
        processor.Work |= ProcessorWork.Teardown;
        return true;
    }

    /// <summary>Goes on for a slice; true when nothing is left but the domain's own records.</summary>
    private static bool TryAdvance(ref Domain domain)
    {
        if (!PartlyValidated.Finish(ref domain))
            return false;
        switch (domain.Teardown.Phase)
        {
            case TeardownPhase.Events:
                if (!EventClosing.TryCloseAll(ref domain, hypervisors: true))
                    break;
                EventClosing.Release(ref domain);
                domain.Teardown.Phase = TeardownPhase.Virtual;
                break;
            case TeardownPhase.Virtual:
                if (!TryEndExchanges(ref domain))
                    break;
                ReleaseVirtual(ref domain);
                domain.Memory.WalkCursor = domain.Memory.FirstFrame;
                domain.Teardown.Phase = TeardownPhase.Pins;
                break;
            case TeardownPhase.Pins:
                if (!WalkFrames(ref domain, unpin: true))
                    break;
                domain.Teardown.Cursor = 0;
                domain.Teardown.Phase = TeardownPhase.Mappings;
                break;
            case TeardownPhase.Mappings:
                if (!GrantRelease.Step(ref domain, ref domain.Teardown.Cursor))
                    break;
                domain.Memory.WalkCursor = domain.Memory.FirstFrame;
                domain.Teardown.Phase = TeardownPhase.Frames;
                break;
            case TeardownPhase.Frames:
                if (WalkFrames(ref domain, unpin: false))
                    domain.Teardown.Phase = TeardownPhase.WaitingForOthers;
                break;
            default:
                return true;
        }
        return false;
    }

    /// <summary>Takes a domain apart at once that has never run: its building failed.</summary>
    public static void Abandon(ref Domain domain)
    {
        domain.Stage = DomainStage.Dying;
        domain.Origin.Module = -1;
        Stops.Begin(ref domain);
        while (domain.Teardown.Phase != TeardownPhase.WaitingForOthers)
        {
            Processors.Breathe();
            Preemption.Begin();
            TryAdvance(ref domain);
        }
        Free(ref domain);
    }

    private static bool TryEndExchanges(ref Domain domain)
    {
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            if (Preemption.IsDue)
                return false;
            domain.Vcpu(number).Exchange.Abandon();
        }
        return true;
    }

    private static void ReleaseVirtual(ref Domain domain)
    {
        GuestConsole.ShowLastWords(ref domain);
        KeyboardFocus.Forget(ref domain);
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            ref VirtualCpu vcpu = ref domain.Vcpu(number);
            Scheduler.Forget(ref vcpu);
            VcpuInfoArea.Release(ref vcpu);
            LocalDescriptors.GiveAll(ref vcpu);
            DescriptorCalls.GiveAll(ref vcpu);
            AddressSpaces.GiveAll(ref vcpu);
        }
        ReleaseRings(ref domain);
        EndPage.Release(ref domain);
        PhysicalInterrupts.Forget(ref domain);
        ReleaseShared(ref domain);
        domain.Grants.GiveShared();
        LargeExtents.Abandon(ref domain);
        domain.Memory.SharedPages = 0;
    }

    private static void ReleaseRings(ref Domain domain)
    {
        (Mfn console, Mfn store) = (domain.Console.Frame, domain.Store.Frame);
        domain.Console.Frame = domain.Store.Frame = default;
        if (console.Value != 0)
            TypedReferences.Give(console);
        if (store.Value != 0)
            TypedReferences.Give(store);
    }

    /// <summary>
    /// Gives the shared page back. The links into it live on in the records, which are read wherever an event is raised: they lead to a page of the
    /// hypervisor's own from then on, where nobody looks.
    /// </summary>
    private static void ReleaseShared(ref Domain domain)
    {
        Mfn frame = domain.SharedInfoFrame;
        if (frame.Value == 0)
            return;
        domain.SharedInfoFrame = default;
        domain.SharedInfo = DirectMap.LinkTo<SharedInfo>(SharedFrames.Nowhere.Address);
        for (uint number = 0; number < domain.VcpuCount; number++)
            domain.Vcpu(number).Info = Link<VcpuInfo>.To(ref domain.SharedInfo.Value.VcpuInfo[(int)number]);
        SharedFrames.Give(frame);
    }

    /// <summary>
    /// Walks on over the domain's frames for one slice; true at the end of the list. What goes with a pin or an allocation may be the very frame that
    /// comes next: then the list has moved the cursor on.
    /// </summary>
    private static bool WalkFrames(ref Domain domain, bool unpin)
    {
        for (int turn = 0; turn < FramesPerSlice && domain.Memory.WalkCursor != Frame.Nil && !Preemption.IsDue; turn++)
        {
            var frame = new Mfn(domain.Memory.WalkCursor);
            domain.Memory.WalkCursor = FrameTable.Of(frame).Next;
            Preemption.Charge(unpin ? Cost.Port : Cost.FrameBack);
            if (!unpin)
                FrameTable.GiveAllocation(frame);
            else if (FrameTable.Of(frame).Has(Frame.Pinned))
                MmuExtendedCall.Unpin(ref domain, frame);
            else if (FrameTable.Of(frame).Has(Frame.Partly))
                PartlyValidated.TakeApart(frame, ref FrameTable.Of(frame));
        }
        return domain.Memory.WalkCursor == Frame.Nil;
    }

    private static void Finish(ref Domain domain)
    {
        bool again = domain.ShutdownReason == ShutdownReason.Reboot;
        int module = domain.Origin.Module;
        (uint copy, uint quick) = (domain.Origin.Copy, RebootLimit.CountOf(domain));
        ulong clock = Account.Bequeath(domain);
        Log.Always().Text("domain "u8).Name(domain).Text(": gone, all its frames are back ("u8)
            .Number(FrameAllocator.FreeCount + domain.RecordFrames()).Text(" free)"u8).End();
        Log.Info().Text("domain "u8).Name(domain).Text(": taking it apart took "u8).Number(SystemTime.Since(domain.Teardown.Since)).Text(" ns"u8).End();
        Free(ref domain);
        VirtualInterrupts.RaiseGlobal(Virq.DomainException);
        if (again && module >= 0)
            BuildRequests.AskAgain(module, copy, clock, quick);
    }

    private static void Free(ref Domain domain)
    {
        // Whoever was given the keyboard while it was dying has it no longer, nor has the next of its id.
        KeyboardFocus.Forget(ref domain);
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            ref VirtualCpu vcpu = ref domain.Vcpu(number);
            Timers.StopAll(ref vcpu);
            FrameAllocator.Free(vcpu.FloatingPointFrame, 0);
            FrameAllocator.Free(Mfn.Of(DirectMap.PhysicalAddress(ref vcpu)), 0);
        }
        domain.Grants.GiveRecords();
        ContextSwitch.ForgetTraces(domain.Id);
        DomainFrame.Remove(ref domain);
    }
}
