namespace Serai.Hypervisor.Events;

/// <summary>
/// Where a search for a free port goes on that was stopped. It stays with the call that searches, in the upper half of its command, so that each has
/// its own and one that is never made again leaves nothing behind. That half is the guest's: it is believed no further than a place to begin at.
/// </summary>
public readonly struct PortSearch
{
    private const int PortBits = 17;
    private const uint PortMask = (1u << PortBits) - 1, ClosingsMask = uint.MaxValue >> PortBits;

    private readonly uint state;

    private PortSearch(uint state) => this.state = state;

    /// <summary>What a call's command says of it; a new call's says nothing.</summary>
    public static PortSearch Of(ulong command) => new((uint)(command >> 32));

    /// <summary>A search that goes on at a port, and has begun when so many ports had been closed.</summary>
    public static PortSearch At(uint port, uint closings) => new((port & PortMask) | closings << PortBits);

    /// <summary>The command with it.</summary>
    public ulong Into(ulong command) => (command & uint.MaxValue) | (ulong)state << 32;

    /// <summary>Whether it is a new one.</summary>
    public bool IsNew => Next == 0;

    /// <summary>The port to look at next.</summary>
    public uint Next => state & PortMask;

    /// <summary>How many ports had been closed when it began, as far as it remembers.</summary>
    public uint Closings => state >> PortBits;

    /// <summary>Whether no port has been closed since.</summary>
    public bool IsCurrent(uint closings) => Closings == (closings & ClosingsMask);
}
