using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>Assembly reads fields of structures by numbers (src/Machine/X64/Offsets.inc): each number is the field's own offset.</summary>
public sealed partial class OffsetsTests
{
    private static readonly Dictionary<string, (System.Type Type, string Field)> fields = new()
    {
        ["VCPU_XMM0"] = (typeof(VirtualCpu), nameof(VirtualCpu.Xmm0Low)),
        ["VCPU_REGISTERS"] = (typeof(VirtualCpu), nameof(VirtualCpu.Registers)),
        ["VCPU_PROCESSOR"] = (typeof(VirtualCpu), nameof(VirtualCpu.Processor)),
        ["VCPU_INFO"] = (typeof(VirtualCpu), nameof(VirtualCpu.Info)),
        ["VCPU_KERNEL_ROOT"] = (typeof(VirtualCpu), nameof(VirtualCpu.KernelRoot)),
        ["VCPU_USER_ROOT"] = (typeof(VirtualCpu), nameof(VirtualCpu.UserRoot)),
        ["VCPU_LOADED_KERNEL"] = (typeof(VirtualCpu), nameof(VirtualCpu.LoadedKernelRoot)),
        ["VCPU_LOADED_USER"] = (typeof(VirtualCpu), nameof(VirtualCpu.LoadedUserRoot)),
        ["VCPU_KERNEL_STACK"] = (typeof(VirtualCpu), nameof(VirtualCpu.KernelStack)),
        ["VCPU_SYSCALL_CALLBACK"] = (typeof(VirtualCpu), nameof(VirtualCpu.SyscallCallback)),
        ["VCPU_KERNEL_MODE"] = (typeof(VirtualCpu), nameof(VirtualCpu.KernelMode)),
        ["VCPU_SYSCALL_MASKS"] = (typeof(VirtualCpu), nameof(VirtualCpu.SyscallMasksEvents)),
        ["VCPU_SLOW_RETURN"] = (typeof(VirtualCpu), nameof(VirtualCpu.SlowReturn)),
        ["VCPU_TASK_SWITCHED"] = (typeof(VirtualCpu), nameof(VirtualCpu.TaskSwitched)),
        ["REGISTERS_RBX"] = (typeof(Registers), nameof(Registers.Rbx)),
        ["REGISTERS_R11"] = (typeof(Registers), nameof(Registers.R11)),
        ["REGISTERS_R10"] = (typeof(Registers), nameof(Registers.R10)),
        ["REGISTERS_R9"] = (typeof(Registers), nameof(Registers.R9)),
        ["REGISTERS_R8"] = (typeof(Registers), nameof(Registers.R8)),
        ["REGISTERS_RAX"] = (typeof(Registers), nameof(Registers.Rax)),
        ["REGISTERS_RCX"] = (typeof(Registers), nameof(Registers.Rcx)),
        ["REGISTERS_RDX"] = (typeof(Registers), nameof(Registers.Rdx)),
        ["REGISTERS_RSI"] = (typeof(Registers), nameof(Registers.Rsi)),
        ["REGISTERS_RDI"] = (typeof(Registers), nameof(Registers.Rdi)),
        ["REGISTERS_ERROR"] = (typeof(Registers), nameof(Registers.ErrorCode)),
        ["REGISTERS_VECTOR"] = (typeof(Registers), nameof(Registers.Vector)),
        ["REGISTERS_RIP"] = (typeof(Registers), nameof(Registers.Rip)),
        ["REGISTERS_CS"] = (typeof(Registers), nameof(Registers.Cs)),
        ["REGISTERS_RFLAGS"] = (typeof(Registers), nameof(Registers.Rflags)),
        ["REGISTERS_RSP"] = (typeof(Registers), nameof(Registers.Rsp)),
        ["REGISTERS_SS"] = (typeof(Registers), nameof(Registers.Ss)),
        ["PROCESSOR_WORK"] = (typeof(ProcessorState), nameof(ProcessorState.Work)),
        ["PROCESSOR_CURRENT"] = (typeof(ProcessorState), nameof(ProcessorState.Current)),
        ["PROCESSOR_WINDOW"] = (typeof(ProcessorState), nameof(ProcessorState.DescriptorWindow)),
        ["PROCESSOR_SHOWN_INFO"] = (typeof(ProcessorState), nameof(ProcessorState.ShownInfo)),
        ["PROCESSOR_INFO_ENTRY"] = (typeof(ProcessorState), nameof(ProcessorState.InfoEntry)),
        ["INFO_PENDING"] = (typeof(VcpuInfo), nameof(VcpuInfo.EventUpcallPending)),
        ["INFO_MASK"] = (typeof(VcpuInfo), nameof(VcpuInfo.EventUpcallMask)),
    };

    private static readonly Dictionary<string, long> constants = new()
    {
        ["VCPU_REGISTERS_END"] = VirtualCpu.FrameEnd,
        ["SPLIT_VCPU_OFFSET"] = SplitTables.VcpuPage * Mfn.Size,
        ["DIRECT_MAP_TO_ENTRY"] = unchecked((long)(0x8000_0000_0000_0063 - Layout.DirectMap)),
        ["GUEST_CODE"] = FlatSelectors.Ring3Code64,
        ["GUEST_CODE32"] = FlatSelectors.Ring3Code32,
        ["GUEST_STACK"] = FlatSelectors.Ring3Stack64,
        ["VECTOR_REQUEST"] = Serai.Machine.Interrupts.Interprocessor.RequestVector,
        ["HYPERCALL_IRET"] = (long)Hypercall.Iret,
        ["HYPERCALLS_ALONE"] = Hypercalls.AloneCalls,
    };

    private static string Text([CallerFilePath] string here = "")
        => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Machine/X64/Offsets.inc"));

    [GeneratedRegex(@"^\.set\s+(\w+),\s*(\w+)", RegexOptions.Multiline)]
    private static partial Regex Setting();

    private static long Number(string text)
        => text.StartsWith("0x", System.StringComparison.Ordinal)
            ? long.Parse(text[2..], System.Globalization.NumberStyles.HexNumber) : long.Parse(text);

    private static Dictionary<string, long> Settings()
        => Setting().Matches(Text()).ToDictionary(it => it.Groups[1].Value, it => Number(it.Groups[2].Value));

    /// <summary>The field's offset as .NET lays the structure out, which for sequential structures is as ilc does.</summary>
    private static long OffsetOf(System.Type type, string name)
        => (long)typeof(OffsetsTests).GetMethod(nameof(Measure), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type).Invoke(null, [name])!;

    private static long Measure<T>(string name)
        where T : unmanaged
    {
        // A mark in the bytes, read back through the field.
        FieldInfo field = typeof(T).GetField(name, BindingFlags.Instance | BindingFlags.Public)!;
        for (int offset = 0; offset < Unsafe.SizeOf<T>(); offset++)
        {
            T value = default;
            MemoryMarshal.AsBytes(new System.Span<T>(ref value))[offset] = 1;
            object? seen = field.GetValue(value);
            if (!IsZero(seen!))
                return offset;
        }
        return -1;
    }

    private static bool IsZero(object value) => value.Equals(System.Activator.CreateInstance(value.GetType()));

    [Fact]
    public void EveryNumberIsItsFieldsOffset()
    {
        foreach ((string name, long number) in Settings())
        {
            if (fields.TryGetValue(name, out (System.Type Type, string Field) place))
                Assert.True(number == OffsetOf(place.Type, place.Field), $"{name} is {number}, not {OffsetOf(place.Type, place.Field)}");
            else if (constants.TryGetValue(name, out long constant))
                Assert.True(number == constant, $"{name} is {number}, not {constant}");
            else
                Assert.False(name.Split('_')[0] is "VCPU" or "REGISTERS" or "PROCESSOR" or "INFO" or "HYPERCALLS",
                    $"{name} names a field that no test knows");
        }
    }

    [Fact]
    public void EveryFieldThatIsKnownHereIsThere() => Assert.Equal([], fields.Keys.Except(Settings().Keys));

    [Fact]
    public void ARecordFitsItsFrame()
    {
        Assert.True(Unsafe.SizeOf<VirtualCpu>() <= Mfn.Size - 128, $"a VirtualCpu has {Unsafe.SizeOf<VirtualCpu>()} bytes, and is to have room");
        Assert.True(Unsafe.SizeOf<Domain>() <= Mfn.Size, $"a Domain has {Unsafe.SizeOf<Domain>()} bytes");
        Assert.Equal(24, Unsafe.SizeOf<Serai.Hypervisor.Frames.Frame>());
        Assert.Equal(Registers.Bytes, Unsafe.SizeOf<Registers>());
        Assert.True(FloatingPoint.AreaBytes <= VirtualCpu.SelectorsOffset);
    }
}
