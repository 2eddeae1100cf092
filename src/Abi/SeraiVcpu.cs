namespace Serai.Abi;

/// <summary>
/// Sub-commands of vcpu_op that Xen does not have, in a range of numbers that it does not use: from 0x53450000 ('SE') on. Both are for the calling
/// virtual CPU only.
/// </summary>
public enum SeraiVcpuCommand : uint
{
    /// <summary>
    /// Sets the virtual timer. Its argument is a VcpuSetSingleshotTimer whose Timeout is in virtual time: what VcpuRunstateInfo.TimeRunning will
    /// be. VIRQ_TIMER is raised then.
    /// </summary>
    SetVirtualTimer = 0x5345_0000,

    /// <summary>Stops the virtual timer; no argument.</summary>
    StopVirtualTimer = 0x5345_0001,
}
