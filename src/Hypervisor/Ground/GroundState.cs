using Serai.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Ground;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct GroundState
{
    /// <summary>The machine's.</summary>
    public static ref GroundState Now => ref PerMachine<GroundState>.Now;

    public long PreemptionLeft;
    public long PreemptionPresentBudget;
    public ulong SystemTimeOrigin;
    public ulong SystemTimeHertz;
    public uint SystemTimeMultiplier;
    public int SystemTimeShift;
    public ulong SystemTimeWallSeconds;
    public uint SystemTimeWallNanoseconds;
    public Table<Link<ProcessorState>> ProcessorsAll;
    public ulong ProcessorsHostCr0;
    public bool ProcessorsAreReleased;
    public ulong LockHolderSince;

    /// <summary>What is not zero before the machine is looked at.</summary>
    public static void Begin() => Now.PreemptionPresentBudget = Preemption.UsualBudget;
}
