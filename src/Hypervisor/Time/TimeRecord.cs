using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Time;

/// <summary>The record by which a virtual CPU's guest computes system time itself (public/xen.h, vcpu_time_info).</summary>
public static class TimeRecord
{
    /// <summary>Writes a virtual CPU's time record: when it starts, and when the record moves.</summary>
    public static void Publish(ref VirtualCpu vcpu)
    {
        SystemTime.Fill(ref vcpu.Info.Value.Time);
        if (!vcpu.Timers.Area.IsNone)
            WriteCopy(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteCopy(ref VirtualCpu vcpu)
    {
        VcpuTimeInfo copy = vcpu.Info.Value.Time;
        if (!GuestMemory.TryWrite(vcpu.Timers.Area, copy))
            vcpu.Timers.Area = default;
    }
}
