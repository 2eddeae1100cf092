using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>System time as a guest computes it from its time record (public/xen.h, vcpu_time_info).</summary>
public static class Clock
{
    /// <summary>Nanoseconds since the hypervisor started.</summary>
    public static ulong Now
    {
        get
        {
            ref VcpuTimeInfo time = ref Guest.VcpuInfo.Time;
            ulong delta = ReadTimeStamp() - time.TscTimestamp;
            delta = time.TscShift >= 0 ? delta << time.TscShift : delta >> -time.TscShift;
            ulong high = (delta >> 32) * time.TscToSystemMultiplier;
            ulong low = (delta & 0xffff_ffff) * time.TscToSystemMultiplier >> 32;
            return time.SystemTime + high + low;
        }
    }

    [RuntimeImport("*", "ReadTimeStamp"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadTimeStamp();
}
