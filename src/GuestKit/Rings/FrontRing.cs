using System.Threading;

using Serai.Abi.Io;

namespace Serai.GuestKit.Rings;

/// <summary>The end of a ring that asks: it puts requests and takes responses.</summary>
public unsafe struct FrontRing<TRequest, TResponse>
    where TRequest : unmanaged
    where TResponse : unmanaged
{
    private RingPage page;
    private uint requests;
    private uint published;
    private uint responses;

    /// <summary>Begins a ring in a page, before the other end sees it.</summary>
    public FrontRing(ulong address)
    {
        uint bytes = (uint)(sizeof(TRequest) > sizeof(TResponse) ? sizeof(TRequest) : sizeof(TResponse));
        page = new RingPage(address, bytes);
        page.Clear();
    }

    /// <summary>How many requests fit before a response must be taken.</summary>
    public readonly uint Room => unchecked(page.Entries - (requests - responses));

    /// <summary>How many requests have no answer yet.</summary>
    public readonly uint Outstanding => unchecked(requests - responses);

    /// <summary>Puts a request, which the other end sees after <see cref="Publish"/>; false where the ring is full.</summary>
    public bool TryPut(in TRequest request)
    {
        if (Room == 0)
            return false;
        *(TRequest*)page.At(requests) = request;
        requests = unchecked(requests + 1);
        return true;
    }

    /// <summary>Shows the other end what has been put; whether it wants to be told.</summary>
    public bool Publish()
    {
        uint old = published;
        published = requests;
        return RingPage.Publish(ref page.Header.RequestProducer, in page.Header.RequestEvent, old, requests);
    }

    /// <summary>Takes a response.</summary>
    public RingState TryTake(out TResponse response)
    {
        response = default;
        uint ready = unchecked(Volatile.Read(ref page.Header.ResponseProducer) - responses);
        if (ready == 0)
            return RingState.Empty;
        if (ready > unchecked(published - responses))
            return RingState.Broken;
        // A copy: the other end may write to the page at any time.
        response = *(TResponse*)page.At(responses);
        responses = unchecked(responses + 1);
        return RingState.Taken;
    }

    /// <summary>Asks to be told once so many more responses are there; false where they are there already: no need to wait.</summary>
    public bool MayWait(uint count = 1)
    {
        Volatile.Write(ref page.Header.ResponseEvent, unchecked(responses + count));
        Interlocked.MemoryBarrier();
        return unchecked(Volatile.Read(ref page.Header.ResponseProducer) - responses) < count;
    }
}
