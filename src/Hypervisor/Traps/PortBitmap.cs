using System.Threading;

using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// The ports that a guest's kernel permits whoever it lets run, whatever the privilege level: a clear bit permits (PHYSDEVOP_set_iobitmap). The
/// bitmap lies in the kernel's memory, which an application's tables do not map, so it is read through the kernel's; where that cannot be, nothing
/// is permitted.
/// </summary>
internal static class PortBitmap
{
    /// <summary>Whether all ports of an access are permitted.</summary>
    internal static bool Allows(in VirtualCpu vcpu, ushort port, int size)
    {
        uint end = port + (uint)size;
        if (end > vcpu.Ports.Count)
            return false;
        for (uint number = port; number < end; number++)
        {
            if (!TryRead(vcpu, vcpu.Ports.Bitmap + number / 8, out byte refused) || (refused >> (int)(number % 8) & 1) != 0)
                return false;
        }
        return true;
    }

    private static bool TryRead(in VirtualCpu vcpu, GuestAddress address, out byte value)
    {
        value = 0;
        EntryPlace place = Level1Entries.Find(vcpu.KernelRoot, address);
        if (place.IsNowhere)
            return false;
        ulong entry = Volatile.Read(in place.Slot);
        Mfn frame = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.Present) == 0 || !FrameTable.IsOwnedBy(frame, vcpu.Domain.Id))
            return false;
        value = DirectMap.At<byte>(frame.Address + address.Value % Mfn.Size);
        return true;
    }
}
