using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

public class InstructionDecoderTests
{
    [Fact]
    public void PrivilegedInstructionsAreReadAsLLVMWroteThem() => Compare(AssemblyCorpus.Privileged());

    [Fact]
    public void StoresAreReadAsLLVMWroteThem() => Compare(AssemblyCorpus.Stores());

    [Fact]
    public void LockedStoresAreReadAsLLVMWroteThem() => Compare(AssemblyCorpus.LockedStores());

    [Fact]
    public void StoresToAbsoluteAddressesAreRead()
    {
        Compare(["movabsq %rax, 81985529216486895", "movabsl %eax, -2", "movabsw %ax, 2", "movabsb %al, %gs:18446744073709551615"], "-1");
    }

    [Fact]
    public void EverythingElseIsUnknown()
    {
        var lines = AssemblyCorpus.Refused().ToList();
        foreach (var (line, bytes) in lines.Zip(Toolchain.Assemble(lines)))
        {
            var instruction = Decode(Padded(bytes));
            Assert.True(instruction.Operation == Operation.Unknown, line);
            Assert.Equal(0, instruction.Length);
        }
    }

    [Fact]
    public void EveryPrefixOfAnInstructionNeedsMoreBytes()
    {
        var lines = AssemblyCorpus.Privileged().Concat(AssemblyCorpus.Stores()).Where((_, i) => i % 7 == 0).ToList();
        foreach (var (line, bytes) in lines.Zip(Toolchain.Assemble(lines)))
        {
            for (var length = 0; length < bytes.Length; length++)
                Assert.True(Decode(bytes.AsSpan(0, length)).Operation == Operation.NeedMoreBytes, $"{line} at {length}");
            Assert.Equal(bytes.Length, Decode(bytes).Length);
        }
    }

    [Fact]
    public void LockIsRefusedWhereTheProcessorRefusesIt()
    {
        byte[][] refused =
        [
            [0xf0, 0xfa], [0xf0, 0x0f, 0x30], [0xf0, 0x0f, 0x20, 0xc0], [0xf0, 0x89, 0x03], [0xf0, 0xc7, 0x03, 1, 0, 0, 0], [0xf0, 0xec],
        ];
        Assert.All(refused, bytes => Assert.Equal(Operation.Unknown, Decode(Padded(bytes)).Operation));
    }

    [Fact]
    public void CpuidBehindThePrefixIsForced()
    {
        byte[] bytes = [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2];
        var instruction = Decode(bytes);
        Assert.Equal((Operation.ForcedCpuid, 7), (instruction.Operation, instruction.Length));
        Assert.Equal(Operation.NeedMoreBytes, Decode(bytes.AsSpan(0, 6)).Operation);
        Assert.Equal(Operation.NeedMoreBytes, Decode(bytes.AsSpan(0, 5)).Operation);
    }

    [Fact]
    public void APlainUd2StaysOneWhateverFollows()
    {
        byte[][] plain =
        [
            [0x0f, 0x0b], [0x0f, 0x0b, 0x78], [0x0f, 0x0b, 0x78, 0x65], [0x0f, 0x0b, 0x78, 0x65, 0x6d, 0x0f, 0xa2],
            [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0x31],
        ];
        Assert.All(plain, bytes => Assert.Equal(Operation.Unknown, Decode(bytes).Operation));
    }

    [Fact]
    public void FifteenBytesAreTheLimit()
    {
        byte[] longest = [.. Enumerable.Repeat((byte)0x66, 14), 0xfa];
        Assert.Equal(15, Decode(longest).Length);
        byte[] tooLong = [.. Enumerable.Repeat((byte)0x66, 15), 0xfa];
        Assert.Equal(Operation.Unknown, Decode(tooLong).Operation);
    }

    [Fact]
    public void CompatibilityCodeHasPortsAndInterruptsOnly()
    {
        Assert.Equal((Operation.In, 4, 1), Compatibility(0xed));
        Assert.Equal((Operation.In, 2, 2), Compatibility(0x66, 0xed));
        Assert.Equal((Operation.Out, 1, 2), Compatibility(0xe6, 0x80));
        Assert.Equal((Operation.SoftwareInterrupt, 0, 2), Compatibility(0xcd, 0x80));
        Assert.Equal((Operation.ClearInterruptFlag, 0, 1), Compatibility(0xfa));
        Assert.Equal(Operation.Unknown, Compatibility(0x48, 0xed).Operation); // dec eax
        Assert.Equal(Operation.Unknown, Compatibility(0x0f, 0x32).Operation);
        Assert.Equal(Operation.Unknown, Compatibility(0x6c).Operation);
        Assert.Equal(Operation.Unknown, Compatibility(0x89, 0x03).Operation);
    }

    private static (Operation Operation, int Size, int Length) Compatibility(params byte[] bytes)
    {
        InstructionDecoder.Decode(bytes, CodeMode.Compatibility, out var instruction);
        return (instruction.Operation, instruction.OperandSize, instruction.Length);
    }

    private static void Compare(IEnumerable<string> source, string? wrapped = null)
    {
        var lines = source.ToList();
        foreach (var (line, bytes) in lines.Zip(Toolchain.Assemble(lines)))
        {
            var instruction = Decode(Padded(bytes));
            var (locked, repeated, text) = (line.StartsWith("lock "), line.StartsWith("rep "), line);
            text = locked ? text[5..] : repeated ? text[4..] : text;
            text = wrapped is null ? text : text.Replace("18446744073709551615", wrapped);
            Assert.Equal(AttSyntax.Normalise(text, instruction.OperandSize), AttSyntax.Format(instruction));
            Assert.True(instruction.Length == bytes.Length, line);
            Assert.True(instruction.Locked == locked && instruction.Repeated == repeated, line);
        }
    }

    // What follows an instruction must not matter.
    private static byte[] Padded(byte[] bytes) => [.. bytes, .. Enumerable.Repeat((byte)0x90, 15 - bytes.Length)];

    private static Instruction Decode(ReadOnlySpan<byte> bytes)
    {
        InstructionDecoder.Decode(bytes, CodeMode.Long, out var instruction);
        return instruction;
    }
}
