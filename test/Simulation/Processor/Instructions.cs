using System;
using System.Collections.Generic;

using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>Single instructions, on the simulated processor.</summary>
public static class Instructions
{
    /// <summary>CPUID.</summary>
    public static void Cpuid(uint leaf, uint subleaf, out uint a, out uint b, out uint c, out uint d)
        => (a, b, c, d) = SimulatedProcessor.Cpuid.GetValueOrDefault((leaf, subleaf));

    /// <summary>The same of a leaf that the processor need not have: zeros where it has not.</summary>
    public static void CpuidOrZeros(uint leaf, out uint a, out uint b, out uint c, out uint d)
    {
        (a, b, c, d) = (0, 0, 0, 0);
        Cpuid(leaf & 0x8000_0000, 0, out uint maximum, out _, out _, out _);
        if (maximum >= leaf)
            Cpuid(leaf, 0, out a, out b, out c, out d);
    }

    /// <summary>CPUID into four numbers in a row, of which `first` is the first.</summary>
    public static void Cpuid(uint leaf, uint subleaf, ref uint first)
    {
        System.Span<uint> four = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref first, 4);
        Cpuid(leaf, subleaf, out four[0], out four[1], out four[2], out four[3]);
    }

    /// <summary>RDMSR; false where the register does not exist.</summary>
    public static bool TryReadMsr(uint number, out ulong value) => SimulatedProcessor.Msrs.TryGetValue(number, out value);

    /// <summary>RDMSR of a register that exists.</summary>
    public static ulong ReadMsr(uint number) => SimulatedProcessor.Msrs[number];

    /// <summary>WRMSR; false where there is no such register, or a base that is not canonical.</summary>
    public static bool WriteMsr(uint number, ulong value)
    {
        bool isBase = number is Segments.FsBase or Segments.GsBase or Segments.InactiveGsBase;
        if (!SimulatedProcessor.Msrs.ContainsKey(number) || (isBase && !Memory.Layout.IsCanonical(value)))
            return false;
        if (SimulatedProcessor.WritesMsr?.Invoke(number, value) == false)
            return false;
        SimulatedProcessor.Msrs[number] = value;
        Journal.Write(Act.WriteMsr, number);
        return true;
    }

    /// <summary>XSETBV of register 0; false for a combination without x87.</summary>
    public static bool WriteXcr0(ulong value)
    {
        if ((value & 1) == 0)
            return false;
        SimulatedProcessor.Xcr0 = value;
        Journal.Write(Act.WriteXcr0, value);
        return true;
    }

    /// <summary>CR0.</summary>
    public static ulong ReadCr0() => SimulatedProcessor.Cr0;

    /// <summary>CR2.</summary>
    public static ulong ReadCr2() => SimulatedProcessor.Cr2;

    /// <summary>Sets CR4.</summary>
    public static void WriteCr4(ulong value)
    {
        SimulatedProcessor.Cr4 = value;
        Journal.Write(Act.WriteCr4, value);
    }

    /// <summary>RDTSC.</summary>
    public static ulong TimeStamp() => Clock.TimeSource.Now;

    /// <summary>LFENCE; RDTSC.</summary>
    public static ulong TimeStampInOrder() => Clock.TimeSource.Now;

    /// <summary>MFENCE; LFENCE.</summary>
    public static void Fence()
    {
    }

    /// <summary>Takes the interrupts that wait: what the test says happens meanwhile.</summary>
    public static void TakeInterrupts() => SimulatedProcessor.WhileWaiting?.Invoke();

    /// <summary>Waits for an interrupt: what the test says happens meanwhile.</summary>
    public static void WaitForInterrupt()
    {
        Journal.Write(Act.Wait);
        if (SimulatedProcessor.WhileWaiting is not { } happens)
            throw new InvalidOperationException("the processor waits, and nothing will ever come");
        happens();
    }

    /// <summary>Stops this processor for good.</summary>
    public static void Halt() => throw new MachineHalted();

    /// <summary>PAUSE: what the test says happens meanwhile.</summary>
    public static void Pause() => SimulatedProcessor.WhilePausing?.Invoke();

    /// <summary>SWAPGS.</summary>
    public static void SwapGs()
    {
        var msrs = SimulatedProcessor.Msrs;
        (msrs[Segments.GsBase], msrs[Segments.InactiveGsBase]) = (msrs[Segments.InactiveGsBase], msrs[Segments.GsBase]);
        Journal.Write(Act.SwapGs);
    }

    /// <summary>WBINVD.</summary>
    public static void WriteBackCaches() => Journal.Write(Act.WriteBackCaches);
}
