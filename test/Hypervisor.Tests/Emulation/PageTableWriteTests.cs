using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Xunit;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Tests.Emulation;

public class PageTableWriteTests
{
    private const int Entries = 64;
    private const int Origin = 15;
    private static readonly int[] Sizes = [1, 2, 4, 8];
    private static readonly ulong[] Edges =
    [
        0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, long.MaxValue, 1UL << 63, ulong.MaxValue,
    ];

    // The processor of the machine is the judge: the same instruction, the same state, on memory of its own and through our emulation.
    [Fact]
    public void EmulatedWritesLeaveWhatTheProcessorLeaves()
    {
        var lines = Instructions().ToList();
        var encodings = Toolchain.Assemble(lines);
        using var native = new NativeExecution(lines);
        var memory = Marshal.AllocHGlobal((Entries + 1) * 8);
        var aligned = (memory + 7) & ~7;
        var random = new Random(3);
        for (var i = 0; i < lines.Count; i++)
        {
            InstructionDecoder.Decode(encodings[i], CodeMode.Long, out var instruction);
            Assert.True(instruction.WritesMemory, lines[i]);
            for (var round = 0; round < 40; round++)
                CompareOnce(native, i, lines[i], instruction, aligned, random);
        }

        Marshal.FreeHGlobal(memory);
    }

    [Fact]
    public void MisalignedOperandsAndOtherInstructionsAreRefused()
    {
        foreach (var size in Sizes)
        {
            var instruction = new Instruction { Operation = Operation.Store, OperandSize = (byte)size, Source = OperandSource.Immediate };
            for (var offset = -1; offset <= 8; offset++)
            {
                var accepted = PageTableWrite.TryPrepare(instruction, default, offset, 0, out _);
                Assert.Equal(offset >= 0 && offset < 8 && offset % size == 0, accepted);
            }
        }

        var other = new Instruction { Operation = Operation.InvalidatePage, OperandSize = 8 };
        Assert.False(PageTableWrite.TryPrepare(other, default, 0, 0, out _));
        Assert.False(PageTableWrite.TryPrepare(default, default, 0, 0, out _));
    }

    [Fact]
    public void WriteProtectingAPteByAByteKeepsItsFrame()
    {
        InstructionDecoder.Decode([0xf0, 0x80, 0x23, 0xfd], CodeMode.Long, out var instruction);
        Assert.True(PageTableWrite.TryPrepare(instruction, default, 0, 0x8000_0000_1234_5067, out var write));
        Assert.Equal(0x8000_0000_1234_5065UL, write.NewEntry);
        Assert.True(write.Stores);
        var registers = new Registers { Rip = 0x1000 };
        write.Complete(instruction, ref registers);
        Assert.Equal(0x1004UL, registers.Rip);
    }

    private static IEnumerable<string> Instructions()
    {
        foreach (var size in Sizes)
        {
            var suffix = size switch { 1 => "b", 2 => "w", 4 => "l", _ => "q" };
            var registers = new List<string> { Name(0, size), Name(1, size), Name(6, size, true), Name(9, size, true) };
            if (size == 1)
                registers.AddRange(["%ah", "%bh"]);
            foreach (var name in new[] { "mov", "xchg", "cmpxchg", "xadd", "add", "or", "and", "sub", "xor", "lock cmpxchg", "lock and" })
            {
                // Only memory addressed without REX can go with ah and bh.
                foreach (var register in registers)
                    yield return $"{name}{suffix} {register}, ({(register.EndsWith('h') ? "%rbp" : "%r15")})";
            }

            foreach (var name in new[] { "mov", "add", "or", "and", "sub", "lock xor" })
            {
                foreach (var value in new[] { 1, -1, -3, size == 1 ? 64 : 4660 })
                    yield return $"{name}{suffix} ${value}, (%r15)";
            }

            foreach (var name in new[] { "bts", "btr", "btc", "lock bts" }.Where(_ => size > 1))
            {
                yield return $"{name}{suffix} ${(size * 8) - 1}, (%r15)";
                yield return $"{name}{suffix} $200, (%r15)";
                yield return $"{name}{suffix} {Name(1, size)}, (%r15)";
                yield return $"{name}{suffix} {Name(10, size)}, 8(%r15)";
            }
        }
    }

    private static string Name(int number, int size, bool rex = false) => AttSyntax.RegisterName(number, size, rex);

    private static void CompareOnce(NativeExecution native, int index, string line, in Instruction instruction, IntPtr memory, Random random)
    {
        var before = new long[Entries];
        for (var i = 0; i < Entries; i++)
            before[i] = unchecked((long)Number(random));
        Marshal.Copy(before, 0, memory, Entries);

        var state = RandomState(instruction, memory, before, random);
        var registers = ToRegisters(state);
        native.Run(index, ref state);
        var after = new long[Entries];
        Marshal.Copy(memory, after, 0, Entries);

        var address = instruction.EffectiveAddress(registers, 0, 0);
        var entry = checked((int)((address - (ulong)memory) / 8));
        Assert.True(PageTableWrite.TryPrepare(instruction, registers, (int)(address & 7), unchecked((ulong)before[entry]), out var write), line);
        Assert.True(write.Stores || write.NewEntry == write.OldEntry, line);
        before[entry] = unchecked((long)write.NewEntry);
        write.Complete(instruction, ref registers);
        Assert.True(before.SequenceEqual(after), line);
        for (var i = 0; i < 16; i++)
            Assert.True(i is 4 or 7 || registers.Read(i) == state[i], $"{line}: register {i} is {registers.Read(i):x}, not {state[i]:x}");
        var difference = (registers.Rflags ^ state[16]) & DefinedFlags(instruction);
        Assert.True(difference == 0, $"{line}: flags differ in {difference:x}");
    }

    private static NativeState RandomState(in Instruction instruction, IntPtr memory, long[] entries, Random random)
    {
        var state = default(NativeState);
        for (var i = 0; i < 16; i++)
            state[i] = Number(random);
        var offset = random.Next(8 / instruction.OperandSize) * instruction.OperandSize;
        var middle = Entries / 2;
        state[Origin] = (ulong)memory + (8 * Entries / 2) + (ulong)offset;
        if (instruction.IsBitOperation && instruction.Source == OperandSource.Register)
            state[instruction.Register] = (state[instruction.Register] & ~BitIndexMask(instruction))
                | ((ulong)random.Next(-1800, 1800) & BitIndexMask(instruction));
        if (instruction.Memory.Origin == 5)
            state[5] = state[Origin];
        if (random.Next(2) == 0)
            state[0] = unchecked((ulong)entries[middle]) >> (8 * offset);
        state[16] = 0x202 | ((ulong)random.Next() & ArithmeticFlags.All);
        return state;
    }

    private static ulong BitIndexMask(in Instruction instruction) =>
        instruction.OperandSize == 8 ? ulong.MaxValue : (1UL << (8 * instruction.OperandSize)) - 1;

    private static Registers ToRegisters(in NativeState state)
    {
        var registers = default(Registers);
        for (var i = 0; i < 16; i++)
            registers.ByNumber(i) = state[i];
        registers.Rflags = state[16];
        return registers;
    }

    private static ulong Number(Random random) =>
        random.Next(3) == 0 ? Edges[random.Next(Edges.Length)] : unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue));

    private static ulong DefinedFlags(in Instruction instruction)
    {
        if (instruction.IsBitOperation)
            return ArithmeticFlags.Carry | ArithmeticFlags.Zero;
        var logic = instruction.Operation is Operation.And or Operation.Or or Operation.Xor;
        return logic ? ArithmeticFlags.All & ~ArithmeticFlags.Adjust : ArithmeticFlags.All;
    }
}
