using System;
using System.Runtime;
using System.Threading;

using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Dumps;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>
/// The end of the hypervisor by a bug of its own: all other processors are stopped, then reason, registers, the calls that led here by name and
/// line, and a restart of the machine, or a halt where `noreboot` says so.
/// </summary>
public static class Panic
{
    /// <summary>The number of the processor that has panicked, plus one.</summary>
    private static ref uint Happening => ref DiagnosticsState.Now.PanicHappening;

    /// <summary>A check of the language, or of Machine, has failed; called from assembly and Machine.</summary>
    [RuntimeExport("HypervisorFailed")]
    private static void Failed(FailureKind kind, ulong detail, ulong returnAddress)
    {
        Begin();
        Log.Always().Text("PANIC: "u8).Text(kind.Text()).Text(" ("u8).Hex(detail).Text(")"u8).End();
        ulong frame = Stack.FramePointer();
        Log.Always().Text("  rip="u8).Hex(returnAddress, 16).Text(" rbp="u8).Hex(frame, 16).Text(" cr2="u8).Hex(Instructions.ReadCr2(), 16)
            .Text(" cr3="u8).Hex(Tlb.Root, 16).End();
        Backtrace.Write(returnAddress, frame);
        MachineEnd.RestartAfterFault();
    }

    /// <summary>A trap that nobody expected.</summary>
    public static void Trap(in Registers registers)
    {
        Begin();
        Log.Always().Text("PANIC: trap "u8).Number(registers.Vector).Text(" in the hypervisor, cr2 "u8).Hex(Instructions.ReadCr2()).End();
        RegisterDump.Write(registers);
        Backtrace.Write(registers.Rip, registers.Rbp);
        MachineEnd.RestartAfterFault();
    }

    /// <summary>The machine cannot be run at all.</summary>
    public static void Refuse(ReadOnlySpan<byte> reason)
    {
        Log.Always().Text("cannot start: "u8).Text(reason).End();
        MachineEnd.Halt();
    }

    /// <summary>A second panic is that of a processor which is about to be stopped, or one of telling about the first.</summary>
    private static void Begin()
    {
        uint self = CurrentProcessor.Number + 1, before = Interlocked.CompareExchange(ref Happening, self, 0);
        if (before == self)
            MachineEnd.RestartAfterFault();
        if (before != 0)
            Instructions.Halt();
        ApplicationProcessors.StopOthers(Processors.All);
        Serial.Waits = true;
    }
}
