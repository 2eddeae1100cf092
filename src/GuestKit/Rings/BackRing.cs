using System.Threading;

using Serai.Abi.Io;

namespace Serai.GuestKit.Rings;

/// <summary>The end of a ring that answers: it takes requests and puts responses, one for each, in any order.</summary>
public unsafe struct BackRing<TRequest, TResponse>
    where TRequest : unmanaged
    where TResponse : unmanaged
{
    private RingPage page;
    private uint requests;
    private uint responses;
    private uint published;

    /// <summary>Joins a ring that the other end has begun in a page.</summary>
    public BackRing(ulong address)
    {
        uint bytes = (uint)(sizeof(TRequest) > sizeof(TResponse) ? sizeof(TRequest) : sizeof(TResponse));
        page = new RingPage(address, bytes);
    }

    /// <summary>How many requests were taken and have no response yet.</summary>
    public readonly uint Unanswered => unchecked(requests - responses);

    /// <summary>Takes a request.</summary>
    public RingState TryTake(out TRequest request)
    {
        request = default;
        uint ready = unchecked(Volatile.Read(ref page.Header.RequestProducer) - requests);
        if (ready == 0)
            return RingState.Empty;
        // More than the ring holds beside what is still to be answered: the other end has run over itself, or backwards.
        if (ready > page.Entries - Unanswered)
            return RingState.Broken;
        // A copy: the other end may write to the page at any time.
        request = *(TRequest*)page.At(requests);
        requests = unchecked(requests + 1);
        return RingState.Taken;
    }

    /// <summary>Puts the response to a request that was taken; false where there is none to answer.</summary>
    public bool TryPut(in TResponse response)
    {
        if (Unanswered == 0)
            return false;
        *(TResponse*)page.At(responses) = response;
        responses = unchecked(responses + 1);
        return true;
    }

    /// <summary>Shows the other end what has been put; whether it wants to be told.</summary>
    public bool Publish()
    {
        uint old = published;
        published = responses;
        return RingPage.Publish(ref page.Header.ResponseProducer, in page.Header.ResponseEvent, old, responses);
    }

    /// <summary>Asks to be told of the next request; false where one is there already, so that there is no need to wait.</summary>
    public bool MayWait()
    {
        Volatile.Write(ref page.Header.RequestEvent, unchecked(requests + 1));
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref page.Header.RequestProducer) == requests;
    }
}
