using System;

using Serai.Abi;
using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>HYPERVISOR_set_gdt and update_descriptor (ABI 02 §2.4).</summary>
public static class DescriptorCalls
{
    /// <summary>The most pages of a GDT.</summary>
    private const int MaximumPages = 14;

    /// <summary>RDI: frame numbers, RSI: entries. All pages are checked in one go. Errors: Inval, Fault.</summary>
    public static long SetGdt(ref VirtualCpu vcpu)
    {
        ulong entries = vcpu.Registers.Rsi & uint.MaxValue;
        if (entries > GdtLayout.FirstReservedEntry)
            return CallResult.Error(Errno.Inval);
        int pages = (int)GuestDescriptors.PagesOf((uint)entries);
        if (!Preemption.Allows((ulong)pages * Cost.DescriptorPage))
            return CallResult.Again;
        Span<ulong> frames = Scratch.Zeroed(stackalloc ulong[MaximumPages]);
        frames = frames[..pages];
        if (!GuestMemory.TryCopyIn(System.Runtime.InteropServices.MemoryMarshal.AsBytes(frames), new(vcpu.Registers.Rdi)))
            return CallResult.Error(Errno.Fault);
        return CallResult.Error(Take(ref vcpu, frames, (uint)entries));
    }

    /// <summary>
    /// Makes frames the GDT of a virtual CPU, shows them where a processor holds it, and lets the former ones go. Errors: Inval; then nothing has
    /// changed.
    /// </summary>
    private static Errno Take(ref VirtualCpu vcpu, ReadOnlySpan<ulong> frames, uint entries)
    {
        for (int page = 0; page < frames.Length; page++)
        {
            var frame = new Mfn(frames[page]);
            Errno error = FrameTable.Exists(frame)
                ? TypedReferences.Get(frame, FrameType.Descriptors, vcpu.Domain.Id, ref vcpu.Domain) : Errno.Inval;
            if (error == Errno.None)
                continue;
            for (int taken = 0; taken < page; taken++)
                TypedReferences.Put(new Mfn(frames[taken]));
            return error;
        }
        GdtFrameList old = vcpu.Descriptors.GlobalFrames;
        int oldPages = (int)GuestDescriptors.PagesOf(vcpu.Descriptors.GlobalEntries);
        for (int page = 0; page < frames.Length; page++)
            vcpu.Descriptors.GlobalFrames[page] = (uint)frames[page];
        vcpu.Descriptors.GlobalEntries = entries;
        if (!vcpu.Processor.IsNull && LoadedVcpus.All[vcpu.Processor.Value.Number].Same(ref vcpu))
            GuestDescriptors.Show(ref vcpu.Processor.Value, ref vcpu);
        for (int page = 0; page < oldPages; page++)
            TypedReferences.Put(new Mfn(old[page]));
        return Errno.None;
    }

    /// <summary>
    /// The same for a virtual CPU that has never run, page by page: what has been taken stays when the call stops, and is found when it is made
    /// again. Errors: Inval; Restart where the call is to be made again.
    /// </summary>
    public static Errno Prepare(ref VirtualCpu vcpu, ReadOnlySpan<ulong> frames, uint entries)
    {
        int held = (int)GuestDescriptors.PagesOf(vcpu.Descriptors.GlobalEntries), page = 0;
        while (page < held && page < frames.Length && vcpu.Descriptors.GlobalFrames[page] == frames[page])
            page++;
        vcpu.Descriptors.GlobalEntries = (uint)page * GuestDescriptors.EntriesPerPage;
        for (int other = page; other < held; other++)
            TypedReferences.Put(new Mfn(vcpu.Descriptors.GlobalFrames[other]));
        for (; page < frames.Length; page++)
        {
            var frame = new Mfn(frames[page]);
            if (!Preemption.Allows(Cost.DescriptorPage))
                return Errno.Restart;
            Errno error = TypedReferences.Get(frame, FrameType.Descriptors, vcpu.Domain.Id, ref vcpu.Domain);
            if (error != Errno.None)
                return error;
            vcpu.Descriptors.GlobalFrames[page] = (uint)frame.Value;
            vcpu.Descriptors.GlobalEntries += GuestDescriptors.EntriesPerPage;
        }
        vcpu.Descriptors.GlobalEntries = entries;
        return Errno.None;
    }

    /// <summary>Lets the frames of the GDT go; no processor holds the virtual CPU.</summary>
    public static void PutAll(ref VirtualCpu vcpu) => Take(ref vcpu, default, 0);

    /// <summary>RDI: machine address of a descriptor, RSI: its new value. Errors: Inval.</summary>
    public static long UpdateDescriptor(ref VirtualCpu vcpu)
    {
        ulong address = vcpu.Registers.Rdi, descriptor = vcpu.Registers.Rsi;
        Mfn frame = Mfn.Of(new(address));
        if (address % 8 != 0 || !FrameTable.IsOwnedBy(frame, vcpu.Domain.Id) || !DescriptorRules.TryAdjust(ref descriptor))
            return CallResult.Error(Errno.Inval);
        ref Frame record = ref FrameTable.Of(frame);
        FrameType type = record.TypeCount != 0 && record.Type == FrameType.Descriptors ? FrameType.Descriptors : FrameType.Writable;
        Errno error = TypedReferences.Get(frame, type, vcpu.Domain.Id, ref vcpu.Domain);
        if (error == Errno.None)
        {
            System.Threading.Volatile.Write(ref DirectMap.Table(frame)[(int)(address % Mfn.Size / 8)], descriptor);
            Written.Frame(frame);
            TypedReferences.Put(frame);
        }
        return CallResult.Error(error);
    }
}
