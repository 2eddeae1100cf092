using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// Frames that are not RAM: which of them a domain with hardware may map. They are not counted; they cannot be freed or become tables.
/// </summary>
public static class DeviceFrames
{

    /// <summary>None, or Inval for a domain without hardware and beyond the processor's address width, Perm for the interrupt controllers.</summary>
    public static Errno MayMap(Mfn mfn, ref Domain domain)
    {
        if (mfn.Value >= State.PhysicalFrameLimit)
            return Errno.Inval;
        if (!domain.HasHardware)
            return Errno.Inval;
        return mfn == LocalApic.Frame || IoApic.IsRegisters(mfn) ? Errno.Perm : Errno.None;
    }
}
