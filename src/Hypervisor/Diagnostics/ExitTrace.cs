using System.Runtime.CompilerServices;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>Why a guest left for the hypervisor.</summary>
public struct ExitRecord
{
    /// <summary>The time-stamp counter; 0 in a record that was never used.</summary>
    public ulong Counter;

    /// <summary>The guest's instruction pointer, and its RAX: a hypercall's number.</summary>
    public ulong Rip, Rax;
    public ushort Domain;
    public byte Vcpu;
    public bool IsKernel;
    public uint Vector;
}

/// <summary>
/// The last exits of guests on each processor. Kept only while it is switched on (a debug key), so an exit pays one comparison. System calls of
/// applications and returns from them that Entry.S does by itself never come here.
/// </summary>
public static class ExitTrace
{
    private const uint PerProcessor = 32, Syscall = 0x100, Syscall32 = 0x101, Sysenter = 0x102;

    /// <summary>Bytes of a record.</summary>
    public const ulong RecordBytes = 32;

    /// <summary>Records for so many processors.</summary>
    public static ulong RecordsFor(ulong processors) => processors * PerProcessor;

    /// <summary>Whether exits are kept. Asked on every way in, so the first of its class, which is reached without a base.</summary>
    public static bool IsOn => DiagnosticsState.Now.ExitTraceIsOn;

    /// <summary>A count for each processor.</summary>
    [InlineArray((int)ProcessorState.Maximum)]
    public struct Counts
    {
        private uint element;
    }

    private static ref Counts Taken => ref DiagnosticsState.Now.ExitTraceTaken;
    private static ref Table<ExitRecord> Records => ref DiagnosticsState.Now.ExitTraceRecords;

    /// <summary>Gives it its memory.</summary>
    public static void Initialise(Table<ExitRecord> memory)
    {
        Records = memory;
        DiagnosticsState.Now.ExitTraceIsOn = false;
    }

    /// <summary>Keeps an exit in place of the processor's oldest.</summary>
    public static void Note(ref VirtualCpu vcpu)
    {
        uint processor = vcpu.Processor.Value.Number;
        ref uint count = ref Taken[(int)processor];
        ref ExitRecord record = ref Records[processor * PerProcessor + count % PerProcessor];
        count = unchecked(count + 1);
        record.Counter = TimeSource.Now;
        (record.Rip, record.Rax, record.Vector) = (vcpu.Registers.Rip, vcpu.Registers.Rax, vcpu.Registers.Vector);
        (record.Domain, record.Vcpu, record.IsKernel) = (vcpu.Domain.Id, (byte)vcpu.Number, vcpu.IsKernel);
    }

    /// <summary>The debug key: switches it on, or off and writes what was kept.</summary>
    public static void Press()
    {
        DiagnosticsState.Now.ExitTraceIsOn = !IsOn;
        if (IsOn)
        {
            Log.Always().Text("exits of guests are kept; the same key shows the last ones"u8).End();
            return;
        }
        for (uint processor = 0; processor < Processors.All.Length; processor++)
        {
            for (uint back = PerProcessor; back > 0; back--)
                Write(processor, Records[processor * PerProcessor + unchecked(Taken[(int)processor] - back) % PerProcessor]);
        }
    }

    private static void Write(uint processor, in ExitRecord record)
    {
        if (record.Counter == 0)
            return;
        Log line = Log.Always().Text("processor "u8).Number(processor).Text(" at "u8).Number(SystemTime.At(record.Counter)).Text(" ns: d"u8)
            .Number(record.Domain).Text("v"u8).Number(record.Vcpu).Text(record.IsKernel ? " kernel rip "u8 : " user rip "u8).Hex(record.Rip);
        if (record.Vector == Syscall && record.IsKernel)
            line.Text(" hypercall "u8).Number(record.Rax & uint.MaxValue).End();
        else if (record.Vector is Syscall or Syscall32 or Sysenter)
            line.Text(" system call "u8).Number(record.Rax & uint.MaxValue).End();
        else
            line.Text(" vector "u8).Number(record.Vector).End();
    }
}
