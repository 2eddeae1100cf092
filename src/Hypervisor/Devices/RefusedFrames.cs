using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Frames;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Devices;

/// <summary>
/// Ranges of frames beyond RAM that nobody but the hypervisor maps: the interrupt controllers; where writes are messages of interrupts; and what
/// AMD's processors keep for HyperTransport, interrupts among it (AMD64 manual vol. 2, 'physical address space'). They are those that Xen denies its
/// initial domain.
/// </summary>
public static class RefusedFrames
{
    private const ulong MessagesStart = 0xfee00, MessagesEnd = 0xfef00;
    private const uint FixedRanges = 3;

    /// <summary>At boot, when the processor's address width is known.</summary>
    public static void Initialise()
    {
        const ulong transportFrames = 3ul << 20, usualEnd = 1ul << 28;
        const uint lastFamily = 15, firstElsewhere = 0x17;
        CpuidRegisters maker = default;
        Instructions.Cpuid(0, 0, out maker.Eax, out maker.Ebx, out maker.Ecx, out maker.Edx);
        Instructions.Cpuid(1, 0, out uint signature, out _, out _, out _);
        uint family = signature >> 8 & 15;
        if (family == lastFamily)
            family += signature >> 20 & 255;
        ulong end = family < firstElsewhere ? usualEnd : FrameTable.PhysicalLimit;
        bool isThere = CpuidHost.VendorOf(maker) is CpuVendor.Amd && end >= usualEnd;
        ref DevicesState state = ref DevicesState.Now;
        (state.TransportStart, state.TransportEnd) = isThere ? (end - transportFrames, end) : (0, 0);
    }

    /// <summary>Whether a frame is in one of them.</summary>
    public static bool Contains(Mfn mfn) => TryFind(mfn.Value, mfn.Value, out _, out _);

    /// <summary>The first range that has a frame from `first` to `last`, cut off at these: [start, end).</summary>
    public static bool TryFind(ulong first, ulong last, out ulong start, out ulong end)
    {
        start = end = 0;
        for (uint index = 0; index < FixedRanges + IoApic.ChipCount; index++)
        {
            (ulong rangeStart, ulong rangeEnd) = Range(index);
            if (rangeStart < first)
                rangeStart = first;
            if (rangeEnd > last)
                rangeEnd = last + 1;
            if (rangeStart < rangeEnd && (end == 0 || rangeStart < start))
                (start, end) = (rangeStart, rangeEnd);
        }
        return end != 0;
    }

    private static (ulong Start, ulong End) Range(uint index) => index switch
    {
        0 => (MessagesStart, MessagesEnd),
        1 => (LocalApic.Frame.Value, LocalApic.Frame.Value + 1),
        2 => (DevicesState.Now.TransportStart, DevicesState.Now.TransportEnd),
        _ => (IoApic.FrameOf(index - FixedRanges).Value, IoApic.FrameOf(index - FixedRanges).Value + 1),
    };
}
