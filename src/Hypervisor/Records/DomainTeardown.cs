using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>What a teardown does next.</summary>
public enum TeardownPhase : byte
{
    Events,
    Virtual,
    Pins,
    Mappings,
    Frames,
    WaitingForOthers,

    /// <summary>Nothing is left but its records, and it is not yet time for its next life.</summary>
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

    /// <summary>The next of those that are being torn down, or null.</summary>
    public Link<Domain> Next
    {
        readonly get => next.As<Domain>();
        set => next = value.Untyped;
    }
}
