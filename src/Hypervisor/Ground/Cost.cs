namespace Serai.Hypervisor.Ground;

/// <summary>
/// What steps cost, in instructions or so, rounded up; an access to a device, which emulation counts as one instruction, by what it takes on real
/// machines. The checked image measures whether they are enough (test/Guests/Holds): one that is too small shows as a hold of the lock
/// that is too long.
/// </summary>
public static class Cost
{
    /// <summary>An entry of a batch, beside what the call in it charges itself.</summary>
    public const ulong BatchEntry = 800;

    /// <summary>A request of mmu_update, and one that is refused, is none of level 1, or takes a frame's first reference of a kind.</summary>
    public const ulong Request = 200, UnusualRequest = 400;

    /// <summary>A table of level 1 gone through, what each entry adds that names what is in use already, and what others do.</summary>
    public const ulong Table = 2_000, UsualEntry = 30, UnusualEntry = 250;

    /// <summary>A table above level 1 gone through, with all entries of the usual kind; what others do is charged with what they name.</summary>
    public const ulong UpperTable = Table + 512 * UsualEntry;

    /// <summary>A page of descriptors checked.</summary>
    public const ulong DescriptorPage = 50_000;

    /// <summary>
    /// A top-level table copied for a processor, where tables are split, and what each group of entries adds that is copied.
    /// </summary>
    public const ulong RootCopy = 1_000, RootGroup = 120;

    /// <summary>An LDT chosen: what the processor's window shows is written anew.</summary>
    public const ulong LocalTable = 1_000;

    /// <summary>A frame given back by a domain, and what it adds that a frame's last reference goes, whichever way that was held.</summary>
    public const ulong FrameBack = 300, FrameFreed = 300;

    /// <summary>A slice of a teardown begun and ended, and one of the dying passed that waits.</summary>
    public const ulong Slice = 500, DyingPassed = 60;

    /// <summary>A frame handed to a domain, and what clearing it adds.</summary>
    public const ulong FrameHanded = 900, FrameCleared = 600;

    /// <summary>A line of 64 bytes written back from all caches.</summary>
    public const ulong LineWrittenBack = 50;

    /// <summary>A frame taken for the hypervisor's own records and cleared, and one given back.</summary>
    public const ulong RecordFrame = 1_500, RecordFrameBack = 400;

    /// <summary>A free block looked at that lies too high, a list of these looked into, and a block halved.</summary>
    public const ulong FreeBlock = 20, FreeList = 50, Halving = 100;

    /// <summary>
    /// A chunk of XENMEM_exchange begun, for each of its frames: one taken from the domain and freed, and another found. The largest
    /// chunk is nearly a budget.
    /// </summary>
    public const ulong ExchangedFrame = 1_150;

    /// <summary>A port looked at, and a port closed.</summary>
    public const ulong Port = 100, PortClosed = 600;

    /// <summary>What a search for a port passes: an open one, one that is queued, and a page of open ones at once.</summary>
    public const ulong OpenPort = 10, QueuedPort = 250, PortPage = 100;

    /// <summary>An event raised in a batch, and a virtual CPU woken.</summary>
    public const ulong Event = 500, Wake = 1_500;

    /// <summary>A virtual CPU seen, a processor seen, and all let go that a virtual CPU holds: roots, thirty pages of descriptors at most.</summary>
    public const ulong Vcpu = 20, ProcessorSeen = 15, VcpuReleased = 8_000;

    /// <summary>A record passed by a search: of a PCI function, of a source of interrupts, of a physical IRQ.</summary>
    public const ulong RecordPassed = 8;

    /// <summary>A record of a grant call, a handle that a dying domain gives back, and a grant looked at.</summary>
    public const ulong GrantRecord = 1_500, GrantHandle = 400, Grant = 14;

    /// <summary>Other processors asked to forget, and waited for.</summary>
    public const ulong Flush = 5_000;

    /// <summary>A processor's caches written back to memory: more than a budget, on any machine.</summary>
    public const ulong CachesWritten = 1_000_000;

    /// <summary>A byte for the terminal, and an access to a device.</summary>
    public const ulong Letter = 120, DeviceAccess = 1_000;

    /// <summary>A request to a xenstore that is not there.</summary>
    public const ulong StoreRequest = 800;

    /// <summary>A small record of the guest's read: an entry of a trap table, a port that is polled.</summary>
    public const ulong SmallRecord = 100;
}
