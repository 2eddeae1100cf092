using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>
/// A domain's event channels: the lowest ends in the domain's own record, enough for a small guest, the others in pages of 256 that are taken as
/// ports are used, found by a directory that is taken with the first of them. Of the FIFO form's event words, which are the guest's pages, the first
/// four pages are known here and the rest to the Directory.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventTable
{
    /// <summary>Ports of the two-level form; port 0 is never used.</summary>
    public const uint TwoLevelPorts = EventTwoLevel.Channels;

    /// <summary>Ports of the FIFO form.</summary>
    public const uint FifoPorts = EventFifo.Channels;

    /// <summary>Ends on a page.</summary>
    public const uint PortsPerPage = EventDirectory.PortsPerPage;

    /// <summary>Event words on a page.</summary>
    public const uint WordsPerPage = EventWordPage.Words;

    internal const uint OwnPorts = 64, OwnWordPages = 4;

    private OwnEnds own;
    internal OwnWords Words;
    internal Link<EventDirectory> Directory;

    /// <summary>Ends that are open, and of them those towards the hypervisor.</summary>
    public uint OpenCount, HypervisorCount;

    /// <summary>No port below this one is free, except 0; a new domain's record is all zeroes.</summary>
    public uint FirstFree;

    /// <summary>
    /// How often a port has been closed, or all made anew: a search that goes on sees by it that it may have passed one that is free now.
    /// </summary>
    public uint Closings;

    /// <summary>Frames that it has taken: pages of ends, and the Directory.</summary>
    public uint FrameCount { get; internal set; }

    /// <summary>Where closing all ends goes on.</summary>
    public uint CloseCursor;

    /// <summary>Pages of event words that the guest has given.</summary>
    public uint WordPages { get; internal set; }

    /// <summary>Whether the guest has chosen the FIFO form.</summary>
    public bool IsFifo;

    /// <summary>Whether a virtual CPU may be waiting in SCHEDOP_poll.</summary>
    public bool HasPollers;

    [InlineArray((int)OwnPorts)]
    private struct OwnEnds
    {
        private EventPort element;
    }

    [InlineArray((int)OwnWordPages)]
    internal struct OwnWords
    {
        private Link<EventWordPage> element;
    }

    /// <summary>How many ports there can be, port 0 included.</summary>
    public readonly uint PortLimit => IsFifo ? FifoPorts : TwoLevelPorts;

    /// <summary>Whether an end has its place; ports without one are closed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool HasPage(uint port) => port < OwnPorts || HasFarPage(port);

    private readonly bool HasFarPage(uint port)
        => port < FifoPorts && !Directory.IsNull && Directory.Value.Frames[unchecked((int)(port / PortsPerPage))] != 0;

    /// <summary>The end of a port that has its place.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref EventPort At(uint port)
    {
        if (port < OwnPorts)
            return ref own[unchecked((int)port)];
        return ref Directory.Value.At(port);
    }

    /// <summary>
    /// The first port from one on, which has its place, that is closed; where there is none among those that lie together with it, the one behind
    /// them.
    /// </summary>
    public uint PassOpen(uint port)
    {
        ReadOnlySpan<EventPort> ends = port < OwnPorts ? own : Directory.Value.PageOf(port);
        int first = unchecked((int)(port % PortsPerPage)), index = first;
        while (index < ends.Length && ends[index].State != EventChannelState.Closed)
            index = unchecked(index + 1);
        return port + (uint)(index - first);
    }

    /// <summary>Counts an end that was opened.</summary>
    public void CountOpened(uint port, bool hypervisor)
    {
        OpenCount++;
        HypervisorCount += hypervisor ? 1u : 0;
        if (port >= OwnPorts)
            Directory.Value.Open[(int)(port / PortsPerPage)]++;
    }

    /// <summary>Counts an end that was closed.</summary>
    public void CountClosed(uint port, bool hypervisor)
    {
        OpenCount--;
        HypervisorCount -= hypervisor ? 1u : 0;
        if (port >= OwnPorts)
            Directory.Value.Open[(int)(port / PortsPerPage)]--;
    }

    /// <summary>Whether all ports of the page that a port has are open. The first page begins behind the record's own ends.</summary>
    public readonly bool IsFull(uint port)
        => port >= OwnPorts
            && Directory.Value.Open[(int)(port / PortsPerPage)] == (port < PortsPerPage ? PortsPerPage - OwnPorts : PortsPerPage);

    /// <summary>Whether a port's event word has its page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool HasWord(uint port) => port / EventWordPage.Words < WordPages;

    /// <summary>The event word of a port that has one: the guest writes it too, at any time.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref uint Word(uint port)
    {
        Link<EventWordPage> page = WordPage(port / EventWordPage.Words);
        return ref page.Value[unchecked((int)(port % EventWordPage.Words))];
    }

    private readonly Link<EventWordPage> WordPage(uint page) => page < OwnWordPages ? Words[unchecked((int)page)] : FarWordPage(page);

    private readonly Link<EventWordPage> FarWordPage(uint page) => Directory.Value.Words[(int)page];

    /// <summary>The frame of a page of event words.</summary>
    public readonly Mfn WordFrame(uint page) => Mfn.Of(DirectMap.AddressOf(ref WordPage(page).Value));
}
