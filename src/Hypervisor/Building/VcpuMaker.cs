using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Images;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Building;

/// <summary>A domain's shared page and virtual CPUs, and the state in which the first one begins (ABI 01 §1.5).</summary>
public static class VcpuMaker
{
    private const ulong ResetStatus = 0xffff_0ff0, ResetControl = 0x400;

    /// <summary>Makes the shared page and so many virtual CPUs, all down; false where memory runs out.</summary>
    public static bool TryMakeAll(ref Domain domain, uint count)
    {
        if (!SharedFrames.TryMake(ref domain, out Mfn shared))
            return false;
        domain.SharedInfoFrame = shared;
        domain.SharedInfo = DirectMap.LinkTo<SharedInfo>(shared.Address);
        for (int slot = 0; slot < Limits.LegacyVirtualCpus; slot++)
            domain.SharedInfo.Value.VcpuInfo[slot].EventUpcallMask = 1;
        SystemTime.PublishWallClock(ref domain.SharedInfo.Value);
        while (domain.VcpuCount < count)
        {
            if (!TryMake(ref domain))
                return false;
        }
        return true;
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

    /// <summary>Sets the registers that a kernel expects when it begins.</summary>
    public static void SetEntry(ref VirtualCpu vcpu, in KernelDescription kernel, in BootLayout layout, Mfn root)
    {
        ref Registers registers = ref vcpu.Registers;
        registers.Rip = kernel.Entry;
        registers.Rsp = unchecked(layout.VirtualBase + (layout.Stack + 1 << Mfn.Shift));
        registers.Rsi = unchecked(layout.VirtualBase + (layout.StartInfo << Mfn.Shift));
        registers.Rflags = Flags.Interrupt;
        registers.Cs = FlatSelectors.KernelCode;
        registers.Ss = FlatSelectors.KernelStack;
        vcpu.KernelRoot = root.Address;
        KernelStack.TrySet(ref vcpu, registers.Ss, registers.Rsp);
        vcpu.IsInitialised = true;
    }
}
