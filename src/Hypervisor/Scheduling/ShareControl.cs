using Serai.Abi;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Scheduling;

/// <summary>What a domain is entitled to, as an administrator says it; times in nanoseconds.</summary>
public struct ShareParameters
{
    /// <summary>The weight: 1 to <see cref="DomainShare.MostWeight"/>.</summary>
    public uint Weight;

    /// <summary>The warp value, how long it may run warped (0: any time), and how long it is not warped after that.</summary>
    public ulong Warp, WarpLimit, UnwarpTime;

    /// <summary>What holds when nothing is said.</summary>
    public static ShareParameters Usual => new() { Weight = DomainShare.UsualWeight };
}

/// <summary>Changes what domains are entitled to: at their birth from the module's command line, later for the initial domain.</summary>
public static class ShareControl
{
    /// <summary>Changes it from now on; what has run so far counts as before. Errors: Inval.</summary>
    public static Errno Set(ref Domain domain, in ShareParameters parameters)
    {
        if (!DomainShare.AreSound(parameters.Weight, parameters.Warp, parameters.WarpLimit, parameters.UnwarpTime))
            return Errno.Inval;
        for (uint number = 0; number < domain.VcpuCount; number++)
            Scheduler.Settle(ref domain.Vcpu(number));
        domain.Share.Weight = parameters.Weight;
        domain.Share.Warp = parameters.Warp;
        domain.Share.WarpLimit = parameters.WarpLimit;
        domain.Share.UnwarpTime = parameters.UnwarpTime;
        return Errno.None;
    }
}
