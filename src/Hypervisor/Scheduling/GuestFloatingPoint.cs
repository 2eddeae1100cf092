using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>A virtual CPU's x87, SSE and AVX state and the XCR0 that goes with it; xmm0 is apart (Entry.S).</summary>
public static class GuestFloatingPoint
{
    private const int ControlWord = 0, MxcsrOffset = 24, Xmm0Offset = 160, HeaderOffset = 512;
    private const ushort ResetControlWord = 0x37f;
    private const uint ResetMxcsr = 0x1f80;

    /// <summary>Puts the state of a processor after reset, as FNINIT and MXCSR's default give it, into the save area.</summary>
    public static void Reset(ref VirtualCpu vcpu)
    {
        Span<byte> area = DirectMap.Frame(vcpu.FloatingPointFrame)[..(int)FloatingPoint.AreaBytes];
        area.Clear();
        MemoryMarshal.Write(area[ControlWord..], ResetControlWord);
        MemoryMarshal.Write(area[MxcsrOffset..], ResetMxcsr);
    }

    /// <summary>Takes a 512-byte FXSAVE image from a guest context; what the processor refuses in it is found when it is loaded.</summary>
    public static void Set(ref VirtualCpu vcpu, ReadOnlySpan<byte> image)
    {
        Span<byte> area = DirectMap.Frame(vcpu.FloatingPointFrame)[..(int)FloatingPoint.AreaBytes];
        area.Clear();
        image.CopyTo(area);
        vcpu.Xmm0Low = MemoryMarshal.Read<ulong>(image[Xmm0Offset..]);
        vcpu.Xmm0High = MemoryMarshal.Read<ulong>(image[(Xmm0Offset + 8)..]);
        MemoryMarshal.Write(area[HeaderOffset..], 3ul);
    }

    /// <summary>Loads state and XCR0; an image that the processor refuses is replaced by that after reset.</summary>
    public static void Load(ref VirtualCpu vcpu)
    {
        uint processor = vcpu.Processor.Value.Number;
        ulong features = FloatingPoint.Features;
        if (features != 0)
            FloatingPoint.Select(processor, features);
        if (!FloatingPoint.Restore(ref AreaOf(vcpu)))
            RestoreReset(ref vcpu);
        if (features != 0)
            FloatingPoint.Select(processor, vcpu.Controls.Xcr0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RestoreReset(ref VirtualCpu vcpu)
    {
        Reset(ref vcpu);
        FloatingPoint.Restore(ref AreaOf(vcpu));
    }

    private static ref byte AreaOf(in VirtualCpu vcpu) => ref DirectMap.At<byte>(vcpu.FloatingPointFrame.Address);

    /// <summary>Saves the live state.</summary>
    public static void Save(ref VirtualCpu vcpu)
    {
        if (FloatingPoint.Features != 0)
            FloatingPoint.Select(vcpu.Processor.Value.Number, FloatingPoint.Features);
        FloatingPoint.Save(ref AreaOf(vcpu));
    }
}
