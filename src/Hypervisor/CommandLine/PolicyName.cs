namespace Serai.Hypervisor.CommandLine;

/// <summary>The policies of the scheduler, in the order in which `sched=` names them: bvt, rr.</summary>
public enum PolicyName : byte
{
    /// <summary>What holds unless told otherwise.</summary>
    BorrowedVirtualTime,
    RoundRobin,
}
