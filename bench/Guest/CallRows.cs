using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>Hypercalls that touch little but the virtual CPU.</summary>
internal static class CallRows
{
    private const int Loops = 10;
    private const Hypercall Unknown = (Hypercall)60;

    internal static void Run()
    {
        Verdict.ExpectResult(Repeat(0, Unknown), -38, "an unknown hypercall"u8);
        Verdict.Expect(Repeat(1, Hypercall.XenVersion) > 0, "xen_version"u8);
        Multicall();
        Verdict.ExpectResult(Repeat(14, Hypercall.StackSwitch, 0xe02b, Assembly.EntryStackTop), 0, "stack_switch"u8);
        Verdict.ExpectResult(Repeat(15, Hypercall.SetSegmentBase, (ulong)SegmentBase.Fs, 0x1000), 0, "set_segment_base"u8);
        Verdict.ExpectResult(Repeat(16, Hypercall.FpuTaskSwitch, 0), 0, "fpu_taskswitch"u8);
        Verdict.ExpectResult(Repeat(17, Hypercall.SetTimerOp, 0), 0, "set_timer_op"u8);
        Verdict.ExpectResult(Repeat(18, Hypercall.SchedOp, (ulong)SchedCommand.Yield), 0, "yield"u8);
        Cpuid();
        Privileged();
    }

    private static long Repeat(int row, Hypercall number, ulong first = 0, ulong second = 0)
    {
        long result = Hypercalls.Call(number, first, second);
        Assembly.MarkStart(row);
        for (int i = 0; i < 1 << Loops; i++)
            Hypercalls.Call(number, first, second);
        Assembly.MarkStop(Loops);
        return result;
    }

    private static void Multicall()
    {
        const int log2 = 5;
        Batch batch = default;
        for (int i = 0; i < 1 << log2; i++)
            batch[i].Op = (ulong)Hypercall.XenVersion;
        for (int round = 0; round < 8; round++)
        {
            Assembly.MarkStart(2);
            long result = Hypercalls.Call(Hypercall.Multicall, Hypercalls.AddressOf(in batch), 1 << log2);
            Assembly.MarkStop(log2);
            Verdict.ExpectResult(result, 0, "multicall"u8);
        }
    }

    private static void Cpuid()
    {
        Assembly.MarkStart(19);
        for (int i = 0; i < 1 << Loops; i++)
            Assembly.ForcedCpuid();
        Assembly.MarkStop(Loops);
    }

    /// <summary>Privileged instructions of the kernel, which the processor refuses and which are done for it.</summary>
    private static void Privileged()
    {
        Verdict.ExpectResult(Ports.SetLevel(1), 0, "set_iopl"u8);
        Assembly.MarkStart(37);
        for (int i = 0; i < 1 << Loops; i++)
            Assembly.ReadPort();
        Assembly.MarkStop(Loops);
        Assembly.MarkStart(38);
        for (int i = 0; i < 1 << Loops; i++)
            Assembly.ReadSegmentBase();
        Assembly.MarkStop(Loops);
    }

    [InlineArray(32)]
    private struct Batch
    {
        private MulticallEntry element;
    }
}
