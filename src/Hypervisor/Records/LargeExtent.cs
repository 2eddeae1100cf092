using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>
/// A block of 2 MiB or more on its way to a domain. To find it is one step, and each piece of 2 MiB is one: its first frames are the domain's then,
/// the rest are taken and not claimed; other domains run between the steps. What is on its way counts against the domain's limit. A call that begins
/// another one, or ends without it, or the death of the domain, gives the rest back.
/// </summary>
public struct LargeExtent
{
    internal uint Start, Done;
    internal byte Order, AddressBits;

    /// <summary>Frames that are neither free nor anybody's.</summary>
    public readonly ulong Left => Order == 0 ? 0 : (1ul << Order) - Done;

    /// <summary>
    /// Whether a block of 2^order frames below 2^addressBits bytes has been found and nothing of it is given yet. Whichever call asked for it: one is
    /// as good as another.
    /// </summary>
    public readonly bool IsFound(int order, int addressBits) => (Order, AddressBits, Done) == (order, addressBits, 0);
}
