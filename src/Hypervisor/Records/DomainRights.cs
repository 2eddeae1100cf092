namespace Serai.Hypervisor.Records;

/// <summary>
/// What a domain may do beyond its own affairs. Every gate asks here; where it concerns another domain it asks with the stages of both
/// (<see cref="MayControl"/>). Today one domain, the initial one, has all of it; a gate names what it needs, so that this can be divided.
/// </summary>
public struct DomainRights
{
    /// <summary>The initial domain: its shutdown is the machine's, its console the machine's terminal.</summary>
    public bool IsInitial { readonly get; internal set; }

    /// <summary>May map device memory, use I/O ports, and be interrupted by devices.</summary>
    public bool HasHardware { readonly get; internal set; }

    /// <summary>May ask for and change what is the whole machine's: its console, clock, memory map, command line, and who runs where.</summary>
    public readonly bool RunsMachine => IsInitial;

    /// <summary>May name other domains in calls that do something to them or tell of them.</summary>
    public readonly bool ControlsOthers => IsInitial;

    /// <summary>
    /// Whether a caller that is alive may do to a domain what that one may do to itself: it is the caller's own, or another one that is built and
    /// not being torn down.
    /// </summary>
    public static bool MayControl(in Domain caller, in Domain target)
        => caller.Id == target.Id || (caller.Rights.ControlsOthers && caller.Stage == DomainStage.Alive && target.IsThere);
}
