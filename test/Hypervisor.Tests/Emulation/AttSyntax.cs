using System;
using System.Globalization;
using System.Text.RegularExpressions;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

/// <summary>Writes a decoded instruction as LLVM would print it, so that every field of it is compared at once.</summary>
internal static partial class AttSyntax
{
    private static readonly string[] Wide = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];
    private static readonly string[] Low = ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"];
    private static readonly string[] High = ["al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"];

    /// <summary>The general register of this number and size, e.g. %r9d.</summary>
    public static string RegisterName(int number, int size, bool rex) => "%" + (size, number) switch
    {
        (1, < 8) => rex ? Low[number] : High[number],
        (1, _) => $"r{number}b",
        (2, < 8) => Wide[number],
        (2, _) => $"r{number}w",
        (4, < 8) => "e" + Wide[number],
        (4, _) => $"r{number}d",
        (_, < 8) => "r" + Wide[number],
        _ => $"r{number}",
    };

    /// <summary>The instruction in LLVM's AT&amp;T syntax, without lock and rep, immediates unsigned and cut to the operand size.</summary>
    public static string Format(in Instruction instruction)
    {
        var name = Mnemonic(instruction.Operation);
        var suffix = Suffix(instruction.OperandSize);
        var accumulator = RegisterName(0, instruction.OperandSize, true);
        var port = instruction.Source == OperandSource.Immediate ? $"${instruction.Immediate}" : "%dx";
        return instruction.Operation switch
        {
            Operation.SoftwareInterrupt => $"{name} ${instruction.Immediate}",
            Operation.In => $"{name}{suffix} {port}, {accumulator}",
            Operation.Out => $"{name}{suffix} {accumulator}, {port}",
            Operation.InString => $"{name}{suffix} %dx, %es:{FormatMemory(instruction.Memory)}",
            Operation.OutString => $"{name}{suffix} {FormatMemory(instruction.Memory)}, %dx",
            Operation.ReadControlRegister => $"{name} %cr{instruction.SystemRegister}, {RegisterName(instruction.Register, 8, true)}",
            Operation.WriteControlRegister => $"{name} {RegisterName(instruction.Register, 8, true)}, %cr{instruction.SystemRegister}",
            Operation.ReadDebugRegister => $"{name} %dr{instruction.SystemRegister}, {RegisterName(instruction.Register, 8, true)}",
            Operation.WriteDebugRegister => $"{name} {RegisterName(instruction.Register, 8, true)}, %dr{instruction.SystemRegister}",
            Operation.InvalidatePage => $"{name} {FormatMemory(instruction.Memory)}",
            >= Operation.Store => $"{name}{suffix} {Source(instruction)}, {FormatMemory(instruction.Memory)}",
            _ => name,
        };
    }

    /// <summary>Makes LLVM's own text comparable with <see cref="Format"/>.</summary>
    public static string Normalise(string text, int size)
    {
        text = NoIndex().Replace(Toolchain.Clean(text), "").Replace("()", "", StringComparison.Ordinal);
        text = text.Replace("movabs", "mov", StringComparison.Ordinal);
        var mask = size is 0 or 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;
        return Immediate().Replace(text, match => "$" + (unchecked((ulong)Value(match.Groups[1].Value)) & mask));
    }

    private static Int128 Value(string text) => Int128.Parse(text, CultureInfo.InvariantCulture);

    private static string Source(in Instruction instruction)
    {
        if (instruction.Source == OperandSource.Register)
            return RegisterName(instruction.Register, instruction.OperandSize, instruction.Rex);
        var mask = instruction.OperandSize == 8 ? ulong.MaxValue : (1UL << (8 * instruction.OperandSize)) - 1;
        return "$" + (instruction.Immediate & mask);
    }

    private static string FormatMemory(in MemoryOperand memory)
    {
        var width = memory.Narrow ? 4 : 8;
        var segment = memory.Segment switch
        {
            SegmentOverride.Fs => "%fs:",
            SegmentOverride.Gs => "%gs:",
            _ => "",
        };
        var origin = memory.RipRelative ? (memory.Narrow ? "%eip" : "%rip") : memory.Origin < 16 ? RegisterName(memory.Origin, width, true) : "";
        var index = memory.Index < 16 ? "," + RegisterName(memory.Index, width, true) : "";
        if (index != "" && memory.Scale != 0)
            index += "," + (1 << memory.Scale);
        if (origin == "" && index == "")
            return segment + memory.Displacement;
        return segment + (memory.Displacement == 0 ? "" : memory.Displacement) + "(" + origin + index + ")";
    }

    private static string Suffix(int size) => size switch
    {
        1 => "b",
        2 => "w",
        4 => "l",
        _ => "q",
    };

    private static string Mnemonic(Operation operation) => operation switch
    {
        Operation.Cpuid => "cpuid",
        Operation.SoftwareInterrupt => "int",
        Operation.ClearInterruptFlag => "cli",
        Operation.SetInterruptFlag => "sti",
        Operation.In => "in",
        Operation.Out => "out",
        Operation.InString => "ins",
        Operation.OutString => "outs",
        Operation.ReadMsr => "rdmsr",
        Operation.WriteMsr => "wrmsr",
        Operation.ReadTsc => "rdtsc",
        Operation.ReadTscAndAux => "rdtscp",
        Operation.ReadControlRegister or Operation.WriteControlRegister => "movq",
        Operation.ReadDebugRegister or Operation.WriteDebugRegister => "movq",
        Operation.ClearTaskSwitched => "clts",
        Operation.SetExtendedControl => "xsetbv",
        Operation.WriteBackInvalidate => "wbinvd",
        Operation.WriteBackOnly => "wbnoinvd",
        Operation.InvalidatePage => "invlpg",
        Operation.Store => "mov",
        Operation.Exchange => "xchg",
        Operation.CompareExchange => "cmpxchg",
        Operation.ExchangeAdd => "xadd",
        Operation.Add => "add",
        Operation.Or => "or",
        Operation.And => "and",
        Operation.Subtract => "sub",
        Operation.Xor => "xor",
        Operation.BitSet => "bts",
        Operation.BitReset => "btr",
        Operation.BitComplement => "btc",
        _ => operation.ToString(),
    };

    // LLVM writes an index of no register out where the SIB byte could have been left out.
    [GeneratedRegex(@",%[re]iz(,\d)?")]
    private static partial Regex NoIndex();

    [GeneratedRegex(@"\$(-?\d+)")]
    private static partial Regex Immediate();
}
