using System.Threading;

using Serai.Abi;

namespace Serai.GuestKit.Rings;

/// <summary>
/// How two guests find each other without a xenstore. The end that asks grants the ring's page as its first reference
/// (<see cref="Grants.First"/>), with the port of its event channel in a part of the page's head that the ring leaves free. Both are told the other's
/// domain id on their command lines; domains from boot modules get the ids 1, 2, 3 in their order.
/// </summary>
public static unsafe class Meeting
{
    // Behind the indexes of io/ring.h, in its padding: a word that says that the port is there, and the port.
    private const ulong WordOffset = 24, PortOffset = 28;
    private const uint Word = 0x4d45_4554;

    private const ulong Pause = 5_000_000;

    /// <summary>Offers the page of a ring that has been begun to a domain: the port through which the two tell each other.</summary>
    public static long Offer(ushort peer, ulong page)
    {
        long port = Events.AllocateUnbound(peer);
        if (port < 0)
            Failure.Stop("there is no port"u8, (ulong)port);
        *(uint*)(page + PortOffset) = (uint)port;
        Volatile.Write(ref *(uint*)(page + WordOffset), Word);
        uint reference = Grants.Offer(peer, page);
        if (reference != Grants.First)
            Failure.Stop("a meeting must be a guest's first grant"u8, reference);
        return port;
    }

    /// <summary>Waits until a domain offers a ring, and joins it: where the page is mapped, and the local port.</summary>
    public static GrantMapping Join(ushort peer, out long port)
    {
        while (true)
        {
            if (Grants.Map(peer, Grants.First, readOnly: false, out GrantMapping mapping) == GrantStatus.Okay)
            {
                port = -1;
                if (Volatile.Read(ref *(uint*)(mapping.Address + WordOffset)) == Word)
                    port = Events.BindInterdomain(peer, Volatile.Read(ref *(uint*)(mapping.Address + PortOffset)));
                if (port > 0)
                    return mapping;
                Grants.Unmap(ref mapping);
            }

            Alarm.Sleep(Pause);
        }
    }
}
