using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>The page that a domain shares with the hypervisor (shared_info).</summary>
public static class SharedPage
{
    /// <summary>Makes it, all events masked; false where there is no memory.</summary>
    public static bool TryMake(ref Domain domain)
    {
        if (!SharedFrames.TryMake(ref domain, out domain.SharedInfoFrame))
            return false;
        domain.SharedInfo = DirectMap.LinkTo<SharedInfo>(domain.SharedInfoFrame.Address);
        for (int slot = 0; slot < Limits.LegacyVirtualCpus; slot++)
            domain.SharedInfo.Value.VcpuInfo[slot].EventUpcallMask = 1;
        SystemTime.PublishWallClock(ref domain.SharedInfo.Value);
        return true;
    }

    /// <summary>
    /// Lets it go. The links into it live on in the records, which are read wherever an event is raised: they lead to a page of the hypervisor's own
    /// from then on, where nobody looks.
    /// </summary>
    public static bool TryRelease(ref Domain domain)
    {
        Mfn frame = domain.SharedInfoFrame;
        if (frame.Value == 0)
            return true;
        domain.SharedInfoFrame = default;
        domain.SharedInfo = DirectMap.LinkTo<SharedInfo>(SharedFrames.Nowhere.Address);
        for (uint number = 0; number < domain.VcpuCount; number++)
            domain.Vcpu(number).Info = Link<VcpuInfo>.To(ref domain.SharedInfo.Value.VcpuInfo[(int)number]);
        SharedFrames.Release(ref domain, frame);
        return true;
    }
}
