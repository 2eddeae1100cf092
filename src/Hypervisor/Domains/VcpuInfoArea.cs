using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>The record a virtual CPU shares with its guest, moved to a place of the guest's choice (VCPUOP_register_vcpu_info).</summary>
public static class VcpuInfoArea
{
    private const uint InfoBytes = 64;

    /// <summary>Moves it, once. Errors: Fault, Inval, NxIo; Restart while another virtual CPU is still on its way down.</summary>
    public static Errno Register(ref VirtualCpu caller, ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out VcpuRegisterVcpuInfo place))
            return Errno.Fault;
        if (vcpu.Events.HasOwnInfo || (caller.Number != vcpu.Number && (vcpu.PauseReasons & PauseReasons.Down) == 0))
            return Errno.Inval;
        if (caller.Number != vcpu.Number && !Stops.IsOut(ref vcpu))
            return Errno.Restart;
        if (place.Offset > Mfn.Size - InfoBytes || place.Offset % 8 != 0)
            return Errno.NxIo;
        var frame = new Mfn(place.Frame);
        if (!FrameTable.Exists(frame)
            || TypedReferences.Get(frame, FrameType.Writable, vcpu.Domain.Id, ref vcpu.Domain) != Errno.None)
            return Errno.Inval;
        vcpu.Events.InfoFrame = frame;
        vcpu.Events.HasOwnInfo = true;
        Move(ref vcpu, DirectMap.LinkTo<VcpuInfo>(frame.Address + place.Offset));
        return Errno.None;
    }

    private static void Move(ref VirtualCpu vcpu, Link<VcpuInfo> place)
    {
        place.Value = vcpu.Info.Value;
        vcpu.Info = place;
        // An event may have been told in the old place meanwhile: the guest looks at all words once.
        place.Value.EventPendingSelector = ulong.MaxValue;
        Delivery.Signal(ref vcpu);
        TimeRecord.Publish(ref vcpu);
    }

    /// <summary>Moves it back into the domain's shared page and lets the guest's frame go.</summary>
    public static void Release(ref VirtualCpu vcpu)
    {
        if (!vcpu.Events.HasOwnInfo)
            return;
        vcpu.Events.HasOwnInfo = false;
        vcpu.Info = Link<VcpuInfo>.To(ref vcpu.Domain.SharedInfo.Value.VcpuInfo[(int)vcpu.Number]);
        TypedReferences.Put(vcpu.Events.InfoFrame);
    }
}
