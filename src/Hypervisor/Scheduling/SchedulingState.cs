using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Scheduling;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct SchedulingState
{
    /// <summary>The machine's.</summary>
    public static ref SchedulingState Now => ref PerMachine<SchedulingState>.Now;

    public Table<ProcessorSchedule> ProcessorScheduleAll;
    public ulong BorrowedVirtualTimeFrontier;
    public ulong BorrowedVirtualTimeSwitchAllowance;
    public bool OwnRegistersHasReadTscp;
    public ulong PlacementIdle;
    public bool PolicyIsRoundRobin;

    /// <summary>What is not zero before the machine is looked at.</summary>
    public static void Begin() => Now.BorrowedVirtualTimeSwitchAllowance = BorrowedVirtualTime.UsualSwitchAllowance;
}
