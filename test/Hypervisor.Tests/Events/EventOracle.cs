using System;
using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>
/// What must hold of all domains' event channels at any time, found from the ends alone: both ends of a channel name each other, a virtual IRQ has
/// one end, what is counted is there, and nobody sleeps who has been told to wake.
/// </summary>
internal sealed class EventOracle
{
    private readonly List<string> violations = [];

    private EventOracle()
    {
    }

    /// <summary>Everything that is wrong now.</summary>
    public static IReadOnlyList<string> Look()
    {
        var oracle = new EventOracle();
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            oracle.LookAtEnds(ref domain.Value);
            if (!domain.Value.SharedInfo.IsNull && domain.Value.Stage == DomainStage.Alive)
                oracle.LookAtSleepers(ref domain.Value);
        }

        return oracle.violations;
    }

    private void LookAtEnds(ref Domain domain)
    {
        (uint open, uint hypervisors) = (0, 0);
        var interrupts = new HashSet<(uint Virq, uint Vcpu)>();
        for (uint port = 0; port < EventTable.FifoPorts; port++)
        {
            if (!domain.Events.HasPage(port))
            {
                port |= EventTable.PortsPerPage - 1;
                continue;
            }

            EventPort end = domain.Events.At(port);
            if (end.State == EventChannelState.Closed)
                continue;
            open++;
            hypervisors += end.IsHypervisor ? 1u : 0;
            if (port == 0 || end.Vcpu >= domain.VcpuCount)
                violations.Add($"d{domain.Id} port {port} is {end.State} of virtual CPU {end.Vcpu}");
            if (end.State == EventChannelState.Interdomain)
                LookAtPeer(domain.Id, port, end);
            bool own = VirtualInterrupts.IsPerVcpu((Virq)end.Remote);
            if (end.State == EventChannelState.Virq && !interrupts.Add((end.Remote, own ? end.Vcpu : 0u)))
                violations.Add($"d{domain.Id} has virtual IRQ {end.Remote} at port {port} and another");
        }

        if ((open, hypervisors) != (domain.Events.OpenCount, domain.Events.HypervisorCount))
            violations.Add($"d{domain.Id} has {open} ends open and {hypervisors} of the hypervisor, and counts otherwise");
    }

    private void LookAtPeer(ushort self, uint port, in EventPort end)
    {
        if (!DomainTable.TryFind(end.RemoteDomain, out Link<Domain> remote) || !EventChannels.IsOpen(ref remote.Value, end.Remote))
        {
            violations.Add($"d{self} port {port} leads to d{end.RemoteDomain} port {end.Remote}, which is not open");
            return;
        }

        EventPort far = remote.Value.Events.At(end.Remote);
        if (far.State != EventChannelState.Interdomain || far.RemoteDomain != self || far.Remote != port)
        {
            violations.Add($"d{self} port {port} leads to d{end.RemoteDomain} port {end.Remote}, which is {far.State}"
                + $" to d{far.RemoteDomain} {far.Remote}");
        }
    }

    /// <summary>Only where the guest itself cannot have written the words that are looked at.</summary>
    private void LookAtSleepers(ref Domain domain)
    {
        const uint hypervisorsOwn = 2;
        if (FrameTable.All[domain.SharedInfoFrame.Value].Count != hypervisorsOwn)
            return;
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            ref VirtualCpu vcpu = ref domain.Vcpu(number);
            if (vcpu.Events.HasOwnInfo || (vcpu.PauseReasons & PauseReasons.Blocked) == 0)
                continue;
            if (!vcpu.Events.IsPolling && vcpu.Info.Value.EventUpcallPending != 0 && vcpu.Info.Value.EventUpcallMask == 0)
                violations.Add($"d{domain.Id} v{number} sleeps through an event");
            if (vcpu.Events.IsPolling && !domain.Events.IsFifo && vcpu.Events.PollPort > 0 && EventChannels.IsPending(ref domain, (uint)vcpu.Events.PollPort))
                violations.Add($"d{domain.Id} v{number} polls port {vcpu.Events.PollPort}, which is pending");
        }
    }
}
