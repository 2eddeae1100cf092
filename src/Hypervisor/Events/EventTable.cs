using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>One end of an event channel (16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventPort
{
    public EventChannelState State;

    /// <summary>The virtual CPU that is told.</summary>
    public ushort Vcpu;

    /// <summary>Unbound: who may bind. Interdomain: who is at the other end.</summary>
    public ushort RemoteDomain;

    /// <summary>Interdomain: the other end's port. Virq and Pirq: the number.</summary>
    public uint Remote;

    /// <summary>Unbound and Interdomain: the hypervisor itself is at the other end (the console).</summary>
    public bool IsHypervisor;
}

/// <summary>
/// A domain's event channels, for the 4096 ports of the two-level form (public/event_channel.h): the lowest in the domain's own record, enough for a
/// small guest, the others in pages of 256 that are taken as ports are used.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventTable
{
    /// <summary>Ends on a page.</summary>
    public const uint PortsPerPage = 256;

    /// <summary>Ports of the two-level form; port 0 is never used.</summary>
    public const uint PortCount = 4096;

    private const uint OwnPorts = 64;

    private OwnEnds own;
    private PageLinks pages;

    [InlineArray((int)OwnPorts)]
    private struct OwnEnds
    {
        private EventPort element;
    }

    [InlineArray((int)(PortCount / PortsPerPage))]
    private struct PageLinks
    {
        private Link<EventPage> element;
    }

    [InlineArray((int)PortsPerPage)]
    private struct EventPage
    {
        private EventPort element;
    }

    /// <summary>Whether an end has its place; ports without one are closed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool HasPage(uint port)
        => port < OwnPorts || (port < PortCount && !pages[(int)(port / PortsPerPage)].IsNull);

    /// <summary>The end of a port that has its place.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref EventPort At(uint port)
    {
        if (port < OwnPorts)
            return ref own[(int)port];
        return ref pages[(int)(port / PortsPerPage)].Value[(int)(port % PortsPerPage)];
    }

    /// <summary>How many pages it has taken.</summary>
    public readonly ulong CountPages()
    {
        ulong count = 0;
        foreach (Link<EventPage> page in (System.ReadOnlySpan<Link<EventPage>>)pages)
            count += page.IsNull ? 0ul : 1;
        return count;
    }

    /// <summary>Adds the page of a port: the frame is zeroed and the table's.</summary>
    public void AddPage(uint port, Mfn frame)
        => pages[(int)(port / PortsPerPage)] = DirectMap.LinkTo<EventPage>(frame.Address);

    /// <summary>Takes a page out again; false where there is none at that index.</summary>
    public bool TryRemovePage(int index, out Mfn frame)
    {
        frame = default;
        if (pages[index].IsNull)
            return false;
        frame = Mfn.Of(DirectMap.PhysicalAddress(ref pages[index].Value));
        pages[index] = default;
        return true;
    }
}
