using Serai.Abi;
using Serai.GuestKit;
using Serai.GuestKit.Rings;

namespace Serai.Examples.Store;

/// <summary>
/// Keeps 64 pages for one client. A granted page is mapped when it is first named and stays mapped, so requests cost no hypercall; what the client
/// says is checked: a number or a reference that is none gets an error, an index that cannot be ends the service.
/// </summary>
internal static class Server
{
    private const int StoredPages = 64, References = 512;

    private static readonly GrantMapping[] mapped = new GrantMapping[References];
    private static readonly ulong[] stored = new ulong[StoredPages];

    private static BackRing<PageRequest, PageResponse> ring;
    private static ushort client;
    private static ulong eventsSent;

    internal static void Run(ushort peer)
    {
        client = peer;
        for (int number = 0; number < StoredPages; number++)
            stored[number] = Frames.Take();
        GrantMapping page = Meeting.Join(peer, out long port);
        ring = new BackRing<PageRequest, PageResponse>(page.Address);
        Console.WriteLine("the store has a client"u8);
        if (Guest.Number("measure="u8, 0) != 0)
            GrantCosts.Measure(peer);
        while (Serve(port))
        {
        }

        LetGo();
        Grants.Unmap(ref page);
        Events.Close(port);
        Console.WriteLine("the store is closed"u8);
    }

    private static void LetGo()
    {
        for (int reference = 0; reference < References; reference++)
        {
            if (mapped[reference].Address != 0)
                Grants.Unmap(ref mapped[reference]);
        }
    }

    // Takes what is there, answers all of it at once, and sleeps; false when the service is over.
    private static bool Serve(long port)
    {
        RingState state;
        bool goesOn = true;
        while ((state = ring.TryTake(out PageRequest request)) == RingState.Taken)
        {
            goesOn &= request.Operation != Operation.Finish;
            ring.TryPut(Answer(request));
        }

        if (state == RingState.Broken)
        {
            Console.WriteLine("the client's ring is broken"u8);
            return false;
        }

        if (ring.Publish())
        {
            eventsSent++;
            Events.Send(port);
        }

        if (goesOn && ring.MayWait())
            Events.WaitFor(port);
        return goesOn;
    }

    private static PageResponse Answer(in PageRequest request)
    {
        PageResponse response = default;
        response.Id = request.Id;
        if (request.Operation == Operation.Finish)
        {
            LetGo();
            response.Value = eventsSent;
        }
        else if (request.Operation != Operation.Nothing)
            response.Status = Perform(request, ref response.Value);
        return response;
    }

    private static long Perform(in PageRequest request, ref ulong value)
    {
        if (request.Number >= StoredPages || request.Reference >= References)
            return -(long)Errno.Inval;
        ref GrantMapping page = ref mapped[(int)request.Reference];
        if (page.Address == 0 && Grants.Map(client, request.Reference, readOnly: false, out page) != GrantStatus.Okay)
            return -(long)Errno.Fault;
        if (request.Operation == Operation.Write)
            Frames.Words(page.Address).CopyTo(Frames.Words(stored[(int)request.Number]));
        else if (request.Operation == Operation.Read)
            Frames.Words(stored[(int)request.Number]).CopyTo(Frames.Words(page.Address));
        else if (request.Operation != Operation.Sum)
            return -(long)Errno.NoSys;
        value = Pages.Sum(page.Address);
        return 0;
    }
}
