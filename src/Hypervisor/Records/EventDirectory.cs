using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>One frame that finds what a domain's own record has no room for: pages of ends, and pages of event words beyond the first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EventDirectory
{
    /// <summary>Ends on a page.</summary>
    public const uint PortsPerPage = 256;

    /// <summary>Pages of ends.</summary>
    public const uint PageCount = EventFifo.Channels / PortsPerPage;

    /// <summary>Pages of event words.</summary>
    public const uint WordPageCount = EventFifo.Channels / EventWordPage.Words;

    /// <summary>The frame of each page of ends, 0 for none.</summary>
    public Numbers Frames;

    /// <summary>How many ends on each page are open.</summary>
    public Counts Open;

    public WordLinks Words;

    /// <summary>The end of a port whose page is there.</summary>
    [UnscopedRef]
    public ref EventPort At(uint port)
        => ref PageAt(port)[(int)(port % PortsPerPage)];

    /// <summary>The ends of the page of a port, which is there.</summary>
    public Span<EventPort> PageOf(uint port) => PageAt(port);

    private ref EventPage PageAt(uint port) => ref DirectMap.At<EventPage>(new Mfn(Frames[(int)(port / PortsPerPage)]).Address);

    [InlineArray((int)PageCount)]
    internal struct Numbers
    {
        private uint element;
    }

    [InlineArray((int)PageCount)]
    internal struct Counts
    {
        private ushort element;
    }

    [InlineArray((int)WordPageCount)]
    internal struct WordLinks
    {
        private Link<EventWordPage> element;
    }

    [InlineArray((int)PortsPerPage)]
    private struct EventPage
    {
        private EventPort element;
    }
}

/// <summary>A page of the guest's that holds event words (public/event_channel.h, the FIFO form).</summary>
[InlineArray((int)Words)]
internal struct EventWordPage
{
    /// <summary>Words on a page.</summary>
    public const uint Words = 1024;

    private uint element;
}
