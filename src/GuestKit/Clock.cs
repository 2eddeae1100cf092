using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>System time as a guest computes it from its time record (public/xen.h, vcpu_time_info).</summary>
public static class Clock
{
    /// <summary>Nanoseconds since the hypervisor started.</summary>
    public static ulong Now => At(TimeStamp);

    /// <summary>The processor's time-stamp counter.</summary>
    public static ulong TimeStamp => ReadTimeStamp();

    /// <summary>System time when this guest executed its first instruction.</summary>
    public static ulong Beginning => At(ReadFirstInstruction());

    /// <summary>System time at a value of the counter. The record is read again while the hypervisor changes it, which odd versions tell.</summary>
    public static ulong At(ulong counter)
    {
        ref VcpuTimeInfo time = ref Guest.VcpuInfo.Time;
        while (true)
        {
            uint version = Volatile.Read(ref time.Version);
            ulong delta = counter - Volatile.Read(ref time.TscTimestamp);
            delta = time.TscShift >= 0 ? delta << time.TscShift : delta >> -time.TscShift;
            ulong high = (delta >> 32) * time.TscToSystemMultiplier;
            ulong low = (delta & 0xffff_ffff) * time.TscToSystemMultiplier >> 32;
            ulong now = Volatile.Read(ref time.SystemTime) + high + low;
            if ((version & 1) == 0 && Volatile.Read(ref time.Version) == version)
                return now;
        }
    }

    [RuntimeImport("*", "ReadTimeStamp"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadTimeStamp();

    [RuntimeImport("*", "FirstInstruction"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadFirstInstruction();
}
