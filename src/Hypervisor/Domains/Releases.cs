using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// What the rooms hold of a domain, and the order in which they let it go. Each offers one function that works in steps, charges them, stops where
/// the budget is used up, goes on where it was, and is true when nothing is left; what is not there costs nothing. The order is that of
/// <see cref="TeardownPhase"/>: peers see their ends unbound before anything else is gone, who uses frames goes before the frames, and pins go
/// before the handles on others' grants, whose mappings lie in the tables.
///
/// The same functions undo what a creation has done (Construction of Building).
/// </summary>
public static class Releases
{
    /// <summary>Has a phase done next, from its beginning on.</summary>
    public static void Begin(ref Domain domain, TeardownPhase phase)
    {
        domain.Teardown.Phase = phase;
        domain.Teardown.Cursor = 0;
        domain.Memory.WalkCursor = domain.Memory.FirstFrame;
    }

    /// <summary>Goes on with the present phase; true when nothing is left of what it is about.</summary>
    public static bool TryGoOn(ref Domain domain) => PartlyValidated.Finish(ref domain) && domain.Teardown.Phase switch
    {
        TeardownPhase.Events => EventClosing.TryRelease(ref domain),
        TeardownPhase.Promised => Allocations.TryReleasePromised(ref domain),
        TeardownPhase.Rings => HypervisorEnds.TryRelease(ref domain),
        TeardownPhase.VirtualCpus => VcpuFrames.TryRelease(ref domain),
        TeardownPhase.Interrupts => PhysicalInterrupts.TryRelease(ref domain),
        TeardownPhase.SharedPage => SharedPage.TryRelease(ref domain),
        TeardownPhase.GrantTable => GrantFrames.TryReleaseShared(ref domain),
        TeardownPhase.Pins => Pins.TryRelease(ref domain),
        TeardownPhase.Mappings => GrantRelease.TryRelease(ref domain),
        TeardownPhase.Frames => Allocations.TryRelease(ref domain),
        TeardownPhase.WaitingForOthers => !IsUsed(domain),
        TeardownPhase.GrantRecords => GrantFrames.TryReleaseRecords(ref domain),
        _ => true,
    };

    /// <summary>Whether others still map frames of a domain, or hold handles on its grants.</summary>
    public static bool IsUsed(in Domain domain) => domain.Memory.PageCount != 0 || domain.Grants.Outstanding != 0;

    /// <summary>Does a phase at once, for a domain that has never run; others get their chance in between.</summary>
    public static void Complete(ref Domain domain, TeardownPhase phase)
    {
        Begin(ref domain, phase);
        do
        {
            Processors.Breathe();
            Preemption.Begin();
        }
        while (!TryGoOn(ref domain));
    }
}
