using System.Threading;

using Serai.Abi.Io;

namespace Serai.GuestKit.Rings;

/// <summary>
/// What both ends of a ring know of its page (public/io/ring.h; Xen and the Art of Virtualization, figure 2): four indexes that run freely, and
/// entries, a power of two of them, each either a request or the response that has taken its place.
///
///     response consumer  &lt;=  response producer  &lt;=  request consumer  &lt;=  request producer  &lt;=  response consumer + entries
///
/// The producers lie in the page, for the other end to read; the consumers are each end's own. An end keeps its own copy of the index that it
/// writes and of how far it has come, reads the other's once for each decision, and checks the difference against what can be: a peer that writes
/// nonsense is <see cref="RingState.Broken"/>, and nothing outside the page is read or written for it.
///
/// Hold-off: an end that sleeps says in the page at which index it wants to be told (its event index), one more than it has seen or a whole batch
/// more; the other sends an event only if what it publishes passes that index. So a busy ring needs no events at all.
/// </summary>
public unsafe struct RingPage
{
    private const uint HeaderBytes = 64;

    private readonly ulong address;
    private readonly uint entryBytes;

    /// <summary>How many entries there are.</summary>
    public readonly uint Entries;

    /// <summary>The ring in a page whose entries have so many bytes.</summary>
    public RingPage(ulong page, uint bytes)
    {
        address = page;
        entryBytes = bytes;
        for (Entries = 1; Entries * 2 * bytes <= Frames.PageBytes - HeaderBytes;)
            Entries *= 2;
    }

    /// <summary>The indexes that both see.</summary>
    public readonly ref RingHeader Header => ref *(RingHeader*)address;

    /// <summary>Where the entry of an index lies: always within the page.</summary>
    public readonly ulong At(uint index) => address + HeaderBytes + ((index & (Entries - 1)) * entryBytes);

    /// <summary>An empty ring: both ends want to be told of the first entry.</summary>
    public readonly void Clear()
    {
        Header.RequestProducer = Header.ResponseProducer = 0;
        Header.RequestEvent = Header.ResponseEvent = 1;
    }

    /// <summary>Publishes entries up to an index; whether the other end wants to be told of any of them.</summary>
    public static bool Publish(ref uint producer, ref readonly uint wanted, uint old, uint now)
    {
        Volatile.Write(ref producer, now);
        // What is published must be seen before the wish is read, or both could go to sleep.
        Interlocked.MemoryBarrier();
        return unchecked(now - Volatile.Read(in wanted)) < unchecked(now - old);
    }
}
