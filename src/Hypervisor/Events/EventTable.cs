using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>
/// A domain's event channels: the lowest ends in the domain's own record, enough for a small guest, the others in pages of 256 that are taken as
/// ports are used, found by a directory that is taken with the first of them. Of the FIFO form's event words, which are the guest's pages, the first
/// four pages are known here and the rest to the directory.
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

    private const uint OwnPorts = 64, OwnWordPages = 4;

    private OwnEnds own;
    private OwnWords words;
    private Link<EventDirectory> directory;

    /// <summary>Ends that are open, and of them those towards the hypervisor.</summary>
    public uint OpenCount, HypervisorCount;

    /// <summary>No port below this one is free, except 0; a new domain's record is all zeroes.</summary>
    public uint FirstFree;

    /// <summary>
    /// How often a port has been closed, or all made anew: a search that goes on sees by it that it may have passed one that is free now.
    /// </summary>
    public uint Closings;

    /// <summary>Frames that it has taken: pages of ends, and the directory.</summary>
    public uint FrameCount { get; private set; }

    /// <summary>Where closing all ends goes on.</summary>
    public uint CloseCursor;

    /// <summary>Pages of event words that the guest has given.</summary>
    public uint WordPages { get; private set; }

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
    private struct OwnWords
    {
        private Link<EventWordPage> element;
    }

    /// <summary>How many ports there can be, port 0 included.</summary>
    public readonly uint PortLimit => IsFifo ? FifoPorts : TwoLevelPorts;

    /// <summary>Whether an end has its place; ports without one are closed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool HasPage(uint port) => port < OwnPorts || HasFarPage(port);

    private readonly bool HasFarPage(uint port)
        => port < FifoPorts && !directory.IsNull && directory.Value.Frames[unchecked((int)(port / PortsPerPage))] != 0;

    /// <summary>The end of a port that has its place.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref EventPort At(uint port)
    {
        if (port < OwnPorts)
            return ref own[unchecked((int)port)];
        return ref directory.Value.At(port);
    }

    /// <summary>
    /// The first port from one on, which has its place, that is closed; where there is none among those that lie together with it, the one behind
    /// them.
    /// </summary>
    public uint PassOpen(uint port)
    {
        ReadOnlySpan<EventPort> ends = port < OwnPorts ? own : directory.Value.PageOf(port);
        int first = unchecked((int)(port % PortsPerPage)), index = first;
        while (index < ends.Length && ends[index].State != EventChannelState.Closed)
            index = unchecked(index + 1);
        return port + (uint)(index - first);
    }

    /// <summary>Adds the page of a port, and the directory where it is the first; false where memory runs out.</summary>
    public bool TryAddPage(uint port)
    {
        if (!TryAddDirectory() || !TryTakeFrame(out Mfn frame))
            return false;
        directory.Value.Frames[(int)(port / PortsPerPage)] = (uint)frame.Value;
        return true;
    }

    private bool TryAddDirectory()
    {
        if (!directory.IsNull)
            return true;
        if (!TryTakeFrame(out Mfn frame))
            return false;
        directory = DirectMap.LinkTo<EventDirectory>(frame.Address);
        return true;
    }

    private bool TryTakeFrame(out Mfn frame)
    {
        if (!FrameAllocator.TryTake(0, out frame))
            return false;
        DirectMap.Frame(frame).Clear();
        Preemption.Charge(Cost.RecordFrame);
        FrameCount++;
        return true;
    }

    private void FreeFrame(Mfn frame)
    {
        FrameAllocator.Free(frame, 0);
        Preemption.Charge(Cost.RecordFrameBack);
        FrameCount--;
    }

    /// <summary>Counts an end that was opened.</summary>
    public void CountOpened(uint port, bool hypervisor)
    {
        OpenCount++;
        HypervisorCount += hypervisor ? 1u : 0;
        if (port >= OwnPorts)
            directory.Value.Open[(int)(port / PortsPerPage)]++;
    }

    /// <summary>Counts an end that was closed.</summary>
    public void CountClosed(uint port, bool hypervisor)
    {
        OpenCount--;
        HypervisorCount -= hypervisor ? 1u : 0;
        if (port >= OwnPorts)
            directory.Value.Open[(int)(port / PortsPerPage)]--;
    }

    /// <summary>Whether all ports of the page that a port has are open. The first page begins behind the record's own ends.</summary>
    public readonly bool IsFull(uint port)
        => port >= OwnPorts
            && directory.Value.Open[(int)(port / PortsPerPage)] == (port < PortsPerPage ? PortsPerPage - OwnPorts : PortsPerPage);

    /// <summary>Gives back all pages without an open end, and the directory where none is left and the guest's words need none.</summary>
    public void FreePages()
    {
        if (directory.IsNull)
            return;
        Preemption.Charge(Cost.PortPage, EventDirectory.PageCount);
        bool needed = WordPages > OwnWordPages;
        for (int page = 0; page < (int)EventDirectory.PageCount; page++)
        {
            ref uint frame = ref directory.Value.Frames[page];
            if (frame != 0 && directory.Value.Open[page] == 0)
            {
                FreeFrame(new Mfn(frame));
                frame = 0;
            }
            needed |= frame != 0;
        }
        if (needed)
            return;
        FreeFrame(Mfn.Of(DirectMap.PhysicalAddress(ref directory.Value)));
        directory = default;
    }

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

    private readonly Link<EventWordPage> WordPage(uint page) => page < OwnWordPages ? words[unchecked((int)page)] : FarWordPage(page);

    private readonly Link<EventWordPage> FarWordPage(uint page) => directory.Value.Words[(int)page];

    /// <summary>Adds a page of event words; false where memory runs out.</summary>
    public bool TryAddWords(Mfn frame)
    {
        var page = DirectMap.LinkTo<EventWordPage>(frame.Address);
        if (WordPages < OwnWordPages)
            words[(int)WordPages] = page;
        else if (TryAddDirectory())
            directory.Value.Words[(int)WordPages] = page;
        else
            return false;
        WordPages++;
        return true;
    }

    /// <summary>The frame of a page of event words.</summary>
    public readonly Mfn WordFrame(uint page) => Mfn.Of(DirectMap.PhysicalAddress(ref WordPage(page).Value));

    /// <summary>Takes the last page of event words out again; false where there is none.</summary>
    public bool TryRemoveWords(out Mfn frame)
    {
        frame = default;
        if (WordPages == 0)
            return false;
        frame = WordFrame(--WordPages);
        return true;
    }
}
