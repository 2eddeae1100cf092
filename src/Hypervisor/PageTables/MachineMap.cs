using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// XENMEM_machine_memory_map: the firmware's map, and what lies between its entries and may not be mapped as reserved, so that a kernel puts no
/// device's memory there and maps none of it as such. RAM stays RAM whoever has it: the kernel lays its pseudo-physical memory out alike.
/// </summary>
internal static class MachineMap
{
    private const uint EntryBytes = 20;

    private struct Listing
    {
        /// <summary>Where the entries go, null to count them; how many there is room for, and how many there are so far.</summary>
        public GuestAddress Buffer;
        public uint Room, Count;

        /// <summary>The frame behind the last entry.</summary>
        public ulong Next;

        /// <summary>Errors: Inval where there is no room, Fault.</summary>
        public Errno Add(in E820Entry entry)
        {
            Preemption.Charge(Cost.SmallRecord);
            if (Buffer.Value != 0 && Count >= Room)
                return Errno.Inval;
            if (Buffer.Value != 0 && !GuestMemory.TryWrite(Buffer + (ulong)Count * EntryBytes, entry))
                return Errno.Fault;
            Count++;
            return Errno.None;
        }

        /// <summary>Adds what may not be mapped of the frames before one.</summary>
        public Errno AddHoles(ulong end)
        {
            Errno error = Errno.None;
            while (error == Errno.None && Next < end && RefusedFrames.TryFind(Next, end - 1, out ulong start, out Next))
                error = Add(new E820Entry { Address = start << Mfn.Shift, Size = (Next - start) << Mfn.Shift, Type = E820Type.Reserved });
            return error;
        }
    }

    /// <summary>Errors: Perm, Fault, Inval where the buffer is too short. Without a buffer the question is how long the map is.</summary>
    internal static long Tell(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!vcpu.Domain.Rights.RunsMachine)
            return CallResult.Error(Errno.Perm);
        if (!GuestMemory.TryRead(record, out MemoryMap map))
            return CallResult.Error(Errno.Fault);
        if (map.Buffer != 0 && map.EntryCount < (uint)BootInformation.MemoryCount)
            return CallResult.Error(Errno.Inval);
        var listing = new Listing { Buffer = new(map.Buffer), Room = map.EntryCount };
        Errno error = ListAll(ref listing);
        if (error != Errno.None)
            return CallResult.Error(error);
        map.EntryCount = listing.Count;
        return GuestMemory.TryWrite(record, map) ? 0 : CallResult.Error(Errno.Fault);
    }

    private static Errno ListAll(ref Listing listing)
    {
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            Errno error = listing.AddHoles(entry.Address >> Mfn.Shift);
            if (error == Errno.None)
                error = listing.Add(entry);
            if (error != Errno.None)
                return error;
            listing.Next = (entry.Address + entry.Size - 1 >> Mfn.Shift) + 1;
        }
        return listing.AddHoles(FrameTable.PhysicalLimit);
    }
}
