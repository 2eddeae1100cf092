using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>
/// What a domain still holds that its teardown has been through with: nothing, if all is well, but the frames that others have mapped. Part of the
/// recount.
/// </summary>
public static class Remains
{
    private struct Counts
    {
        public ulong Ports, Pages, Grants, Timers, Places, Links;

        public readonly ulong Total => Ports + Pages + Grants + Timers + Places + Links;
    }

    /// <summary>How many things a domain holds that it must not; 0 for one that has not come to the end of its teardown.</summary>
    public static ulong CountOf(ref Domain domain) => Take(ref domain).Total;

    /// <summary>Names each domain that holds something, and tells how much it is of all.</summary>
    public static ulong Report()
    {
        ulong all = 0;
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            Counts held = Take(ref domain.Value);
            if (held.Total == 0)
                continue;
            all += held.Total;
            Log.Always().Text("domain "u8).Number(domain.Value.Id).Text(" has ended and still holds "u8).Number(held.Ports).Text(" ports, "u8)
                .Number(held.Pages).Text(" pages, "u8).Number(held.Grants).Text(" grants, "u8).Number(held.Timers).Text(" timers, "u8)
                .Number(held.Places).Text(" places on processors and "u8).Number(held.Links).Text(" links to frames"u8).End();
        }
        return all;
    }

    private static Counts Take(ref Domain domain)
    {
        Counts held = default;
        if (domain.Stage != DomainStage.Dying || domain.Teardown.Phase < TeardownPhase.WaitingForOthers)
            return held;
        held.Ports = domain.Events.OpenCount + domain.Events.FrameCount + domain.Events.WordPages + One(domain.Events.IsFifo);
        held.Pages = PagesOf(domain) + domain.Memory.SharedPages + domain.Memory.Extent.Left + One(!domain.Memory.Unfinished.IsEmpty);
        held.Grants = (ulong)domain.Grants.FrameCount + domain.Grants.Maptrack.Count;
        held.Links = One(domain.SharedInfoFrame) + One(domain.Console.Frame) + One(domain.Store.Frame) + One(domain.Interrupts.EoiMapFrame);
        if (domain.VcpuCount != 0)
            held.Links += One(IsElsewhere(ref domain.SharedInfo.Value));
        for (uint number = 0; number < domain.VcpuCount; number++)
            AddVcpu(ref held, ref domain.Vcpu(number));
        return held;
    }

    private static ulong One(bool held) => held ? 1ul : 0;

    private static ulong One(Mfn frame) => One(frame.Value != 0);

    private static bool IsElsewhere<T>(ref T place) where T : unmanaged => Mfn.Of(DirectMap.AddressOf(ref place)) != SharedFrames.Nowhere;

    /// <summary>Frames that it holds itself: what is left on its list must be others' to give back.</summary>
    private static ulong PagesOf(in Domain domain)
    {
        ulong held = 0;
        for (uint number = domain.Memory.FirstFrame; number != Frame.Nil; number = FrameTable.All[number].Next)
            held += One(FrameTable.All[number].Has(Frame.Allocated | Frame.Pinned | Frame.Partly | Frame.Shared));
        return held;
    }

    private static void AddVcpu(ref Counts held, ref VirtualCpu vcpu)
    {
        for (int virq = 0; virq < Limits.Virqs; virq++)
            held.Ports += One(vcpu.Events.VirqPorts[virq] != 0);
        held.Pages += vcpu.Exchange.Left;
        held.Timers += One(vcpu.Timers.Next != Timers.Stopped && vcpu.Domain.Teardown.Phase != TeardownPhase.HeldBack);
        held.Places += One(!vcpu.MustLeave) + One(vcpu.Turn.IsQueued);
        for (ulong number = 0; number < Processors.All.Length; number++)
            held.Places += One(LoadedVcpus.All[number].Same(ref vcpu)) + One(ProcessorSchedule.All[number].Running.Same(ref vcpu));
        held.Links += One(vcpu.KernelRoot != 0) + One(vcpu.UserRoot != 0) + vcpu.Descriptors.GlobalEntries + vcpu.Descriptors.LocalPresent
            + One(vcpu.Events.HasOwnInfo)
            + One(!vcpu.Events.Fifo.Control.IsNull) + One(IsElsewhere(ref vcpu.Info.Value));
    }
}
