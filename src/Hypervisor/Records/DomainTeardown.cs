using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>What of a domain its teardown lets go next (Releases of Domains).</summary>
public enum TeardownPhase : byte
{
    /// <summary>The ends of its channels.</summary>
    Events,

    /// <summary>Frames on their way to it.</summary>
    Promised,

    /// <summary>The rings of console and xenstore, and the keyboard.</summary>
    Rings,

    /// <summary>What its virtual CPUs hold.</summary>
    VirtualCpus,

    /// <summary>Physical interrupts.</summary>
    Interrupts,

    /// <summary>The page it shares with the hypervisor.</summary>
    SharedPage,

    /// <summary>The frames of its grant table.</summary>
    GrantTable,

    /// <summary>Tables that are pinned, or half-way.</summary>
    Pins,

    /// <summary>Handles on others' grants.</summary>
    Mappings,

    /// <summary>Its frames.</summary>
    Frames,

    /// <summary>Nothing: others use what is its own.</summary>
    WaitingForOthers,

    /// <summary>What is remembered of its grants.</summary>
    GrantRecords,

    /// <summary>Nothing is left but its records; it may be too early for its next life.</summary>
    HeldBack,
}

/// <summary>How far the teardown of a domain has come.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainTeardown
{
    public TeardownPhase Phase;
    public uint Cursor;

    /// <summary>The system time at which it began, and until which the domain's next life is held back (RebootLimit).</summary>
    public ulong Since, HeldUntil;

    private UntypedLink next;

    /// <summary>The next of those that are being torn down, behind the last of them the first; null while it is not.</summary>
    public Link<Domain> Next
    {
        readonly get => next.As<Domain>();
        set => next = value.Untyped;
    }
}
