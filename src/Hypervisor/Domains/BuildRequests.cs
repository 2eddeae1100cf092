using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>The domains that are to be built while others run, in the order in which they were asked for.</summary>
public static class BuildRequests
{
    /// <summary>A domain waits or lives, never both, so as many requests as there can be domains are never too many.</summary>
    private const uint Capacity = 2 * DomainTable.Capacity;

    private const int RequestsOrder = 4;

    private static ref Table<BuildRequest> Requests => ref DomainsState.Now.BuildRequestsRequests;
    private static ref uint Next => ref DomainsState.Now.BuildRequestsNext;
    private static ref uint Count => ref DomainsState.Now.BuildRequestsCount;

    /// <summary>Whether there is something to build.</summary>
    public static bool AreWaiting => Count != 0;

    /// <summary>The one whose turn it is; there is one.</summary>
    public static ref readonly BuildRequest First => ref Requests[Next];

    /// <summary>Takes the memory at boot; false where there is none.</summary>
    public static bool TryPrepare()
    {
        if (!FrameAllocator.TryTake(RequestsOrder, out Mfn memory))
            return false;
        Requests = new Table<BuildRequest>(memory.Address, Capacity);
        return true;
    }

    /// <summary>Asks for copies of the domain of a boot module.</summary>
    public static void Ask(int module, uint first, uint last)
        => Ask(new BuildRequest { Module = (ushort)module, First = (ushort)first, Last = (ushort)last });

    /// <summary>
    /// Asks for a domain that starts again from where it stood; copy 0: the one domain of a module that has no copies. It brings along how often it
    /// has done so soon after its start.
    /// </summary>
    public static void AskAgain(int module, uint copy, ulong clock, uint quickReboots)
        => Ask(new BuildRequest
        {
            Module = (ushort)module, First = (ushort)copy, Last = (ushort)copy, IsAgain = true, Clock = clock,
            QuickReboots = (byte)(quickReboots < byte.MaxValue ? quickReboots : byte.MaxValue),
        });

    private static void Ask(in BuildRequest request)
    {
        Requests[(Next + Count) % Capacity] = request;
        Count++;
    }

    /// <summary>The first has been built.</summary>
    public static void Done()
    {
        Next = (Next + 1) % Capacity;
        Count--;
    }
}
