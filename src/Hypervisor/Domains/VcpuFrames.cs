using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>A domain's virtual CPUs, two frames each: made here, emptied of what their guest gave them, and given back here.</summary>
public static class VcpuFrames
{
    private const ulong ResetStatus = 0xffff_0ff0, ResetControl = 0x400;

    /// <summary>Makes the shared page and so many virtual CPUs, all down; false where memory runs out on the way.</summary>
    public static bool TryMakeAll(ref Domain domain, uint count)
    {
        bool made = SharedPage.TryMake(ref domain);
        while (made && domain.VcpuCount < count)
            made = TryMake(ref domain);
        return made;
    }

    private static bool TryMake(ref Domain domain)
    {
        if (!FrameAllocator.TryTake(0, out Mfn frame))
            return false;
        if (!FrameAllocator.TryTake(0, out Mfn floatingPoint))
        {
            FrameAllocator.Free(frame, 0);
            return false;
        }
        DirectMap.Frame(frame).Clear();
        DirectMap.Frame(floatingPoint).Clear();
        ref VirtualCpu vcpu = ref DirectMap.At<VirtualCpu>(frame.Address);
        vcpu.Number = domain.VcpuCount;
        vcpu.DomainLink = Link<Domain>.To(ref domain);
        Placement.Begin(ref vcpu);
        vcpu.FloatingPointFrame = floatingPoint;
        vcpu.Info = Link<VcpuInfo>.To(ref domain.SharedInfo.Value.VcpuInfo[(int)vcpu.Number]);
        vcpu.PauseReasons = PauseReasons.Down;
        vcpu.KernelMode = 1;
        vcpu.Controls.Xcr0 = 1;
        vcpu.Events.PollPort = -1;
        vcpu.DebugRegisters[6] = ResetStatus;
        vcpu.DebugRegisters[7] = ResetControl;
        vcpu.Runstate.Info.State = Runstate.Offline;
        vcpu.Runstate.Info.StateEntryTime = SystemTime.Now;
        GuestFloatingPoint.Reset(ref vcpu);
        Timers.Prepare(ref vcpu);
        TimeRecord.Publish(ref vcpu);
        domain.Vcpus[(int)domain.VcpuCount] = UntypedLink.To(ref vcpu);
        domain.VcpuCount++;
        return true;
    }

    /// <summary>Lets go of what the virtual CPUs hold: places on processors, timers, frames of their guest's; true when all are through.</summary>
    public static bool TryRelease(ref Domain domain)
    {
        for (ref uint number = ref domain.Teardown.Cursor; number < domain.VcpuCount; number++)
        {
            if (Preemption.IsDue)
                return false;
            Preemption.Charge(Cost.VcpuReleased);
            ref VirtualCpu vcpu = ref domain.Vcpu(number);
            Scheduler.Forget(ref vcpu);
            VcpuInfoArea.Release(ref vcpu);
            LocalDescriptors.PutAll(ref vcpu);
            DescriptorCalls.PutAll(ref vcpu);
            if (!AddressSpaces.TryPutAll(ref vcpu))
                return false;
        }
        return true;
    }

    /// <summary>Gives the frames back of virtual CPUs that hold nothing any more.</summary>
    public static void Remove(ref Domain domain)
    {
        for (; domain.VcpuCount != 0; domain.VcpuCount--)
        {
            ref VirtualCpu vcpu = ref domain.Vcpu(domain.VcpuCount - 1);
            Timers.StopAll(ref vcpu);
            FrameAllocator.Free(vcpu.FloatingPointFrame, 0);
            FrameAllocator.Free(Mfn.Of(DirectMap.AddressOf(ref vcpu)), 0);
        }
    }
}
