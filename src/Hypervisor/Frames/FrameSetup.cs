using Serai.Abi;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>Fills the frame table at boot: what is RAM and free, what is the hypervisor's, what is neither.</summary>
public static class FrameSetup
{
    /// <summary>Below this frame lies what firmware and devices use, RAM or not: it is treated as device memory.</summary>
    private const ulong FirstFrame = 256;

    /// <summary>Marks all frames and frees the free ones.</summary>
    public static void Run()
    {
        FrameAllocator.Initialise();
        for (ulong number = 0; number < FrameTable.All.Length; number++)
            FrameTable.All[number] = new Frame { Owner = DomainIds.Io };
        for (ulong number = 0; number < MachineToPhysical.All.Length; number++)
            MachineToPhysical.All[number] = MachineToPhysical.Invalid;
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            if (entry.Type == E820Type.Ram)
                AddRange(Mfn.Of(new(entry.Address + Mfn.Size - 1)).Value, Mfn.Of(new(entry.Address + entry.Size)).Value);
        }
    }

    private static void AddRange(ulong start, ulong end)
    {
        ulong next;
        for (ulong number = start < FirstFrame ? FirstFrame : start; number < end; number = next)
        {
            ulong reservedEnd = BootMemory.ReservedEnd(number);
            next = reservedEnd == 0 ? BootMemory.ReservedStart(number, end) : reservedEnd < end ? reservedEnd : end;
            if (reservedEnd == 0)
                FrameAllocator.Add(new Mfn(number), new Mfn(next));
            else
                GiveToHypervisor(number, next);
        }
    }

    private static void GiveToHypervisor(ulong start, ulong end)
    {
        for (ulong number = start; number < end; number++)
            FrameTable.All[number].Owner = DomainIds.Xen;
    }
}
