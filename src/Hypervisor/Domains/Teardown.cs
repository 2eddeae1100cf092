using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// Takes dying domains apart, in their order: each room lets go of what it holds of one (<see cref="Releases"/>), and the records go last. Nothing of
/// a domain is touched before all its virtual CPUs are out (<see cref="Stops"/>). Each slice is short, others run in between. A frame that another
/// domain still maps, or a handle that it still has on a grant, keeps the domain's record alive until it comes back.
/// </summary>
public static class Teardown
{
    /// <summary>The last of the dying, who are a ring: it is followed by the first (Domain.Teardown.Next). Null where there are none.</summary>
    private static ref Link<Domain> LastDying => ref DomainsState.Now.TeardownLastDying;

    /// <summary>Notes that a domain is dying.</summary>
    public static void Begin(ref Domain domain)
    {
        domain.Stage = DomainStage.Dying;
        domain.Teardown.Since = SystemTime.Now;
        var link = Link<Domain>.To(ref domain);
        domain.Teardown.Next = LastDying.IsNull ? link : LastDying.Value.Teardown.Next;
        if (!LastDying.IsNull)
            LastDying.Value.Teardown.Next = link;
        LastDying = link;
        Processors.All[CurrentProcessor.Number].Value.Work |= ProcessorWork.Teardown;
    }

    /// <summary>Does one slice for a domain that is dying; false where there is nothing that can be done now.</summary>
    public static bool Step(ref ProcessorState processor)
    {
        HypervisorLock.Demand();
        if (!TryPassWaiting(ref processor))
            return false;
        Link<Domain> link = LastDying.Value.Teardown.Next;
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
        if (LastDying.Same(link))
            LastDying = default;
        else
            LastDying.Value.Teardown.Next = link.Value.Teardown.Next;
        Finish(ref link.Value);
        return true;
    }

    /// <summary>
    /// Has those at the front that wait go behind all others; false where all wait. The first one that does not stays in front until it is through or
    /// waits itself, so who waits is looked at once for each that dies, and not for each slice.
    /// </summary>
    private static bool TryPassWaiting(ref ProcessorState processor)
    {
        Link<Domain> end = LastDying;
        while (!LastDying.IsNull)
        {
            Link<Domain> first = LastDying.Value.Teardown.Next;
            if (!IsWaiting(first.Value) && !IsSpeaking(first.Value, ref processor))
                return true;
            Preemption.Charge(Cost.DyingPassed);
            LastDying = first;
            if (first.Same(end))
                return false;
        }
        return false;
    }

    /// <summary>Others still use what is its own; or its next life is held back.</summary>
    private static bool IsWaiting(in Domain domain) => domain.Teardown.Phase switch
    {
        TeardownPhase.WaitingForOthers => Releases.IsUsed(domain),
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
        for (; domain.Teardown.Phase < TeardownPhase.HeldBack; Releases.Begin(ref domain, domain.Teardown.Phase + 1))
        {
            if (Preemption.IsDue || !Releases.TryGoOn(ref domain))
                return false;
        }
        return true;
    }

    private static void Finish(ref Domain domain)
    {
        bool again = domain.ShutdownReason == ShutdownReason.Reboot;
        int module = domain.Origin.Module;
        (uint copy, uint quick) = (domain.Origin.Copy, RebootLimit.CountOf(domain));
        ulong clock = Account.Bequeath(domain);
        Log.Always().Text("domain "u8).Name(domain).Text(": gone, all its frames are back ("u8)
            .Number(FrameAllocator.FreeCount + domain.RecordFrames()).Text(" free)"u8).End();
        Log.Info().Text("domain "u8).Name(domain).Text(": tearing it down took "u8).Number(SystemTime.Since(domain.Teardown.Since))
            .Text(" ns"u8).End();
        VcpuFrames.Remove(ref domain);
        DomainFrame.Remove(ref domain);
        VirtualInterrupts.RaiseGlobal(Virq.DomainException);
        if (again && module >= 0)
            BuildRequests.AskAgain(module, copy, clock, quick);
    }
}
