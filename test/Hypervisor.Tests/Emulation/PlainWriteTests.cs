using System;

using Xunit;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Tests.Emulation;

/// <summary>The short way for the usual writes reads in them what the decoder of all instructions does, or nothing.</summary>
public sealed class PlainWriteTests
{
    private static readonly byte[][] Tails =
    [
        [0x24, 0x80, 0xfd, 0x12, 0x7f], [0x24, 0x10, 0x81, 0x24, 0], [0x25, 0xff, 0xfd, 1, 2], [0x80, 0xfd, 0x24, 3, 4],
    ];

    private static readonly byte[][] Opcodes =
    [
        [0x80], [0x81], [0x83], [0x86], [0x87], [0x88], [0x89], [0x8b], [0x0f], [0xb1], [0xba],
        [0x0f, 0x80], [0x0f, 0x87], [0x0f, 0x89], [0x0f, 0xab], [0x0f, 0xb0], [0x0f, 0xb1], [0x0f, 0xb3], [0x0f, 0xba], [0x0f, 0xbb], [0x0f, 0xc1],
    ];

    private static readonly byte[][] Prefixes = [[], [0xf0], [0x3e], [0x66], [0x64], [0xf3], [0x67]];

    [Theory]
    [InlineData("4887030000000000", Operation.Exchange, 3)]
    [InlineData("4887750000000000", Operation.Exchange, 4)]
    [InlineData("48892b0000000000", Operation.Store, 3)]
    [InlineData("4d89480800000000", Operation.Store, 4)]
    [InlineData("f08023fd00000000", Operation.And, 4)]
    [InlineData("3e41802424fd0000", Operation.And, 6)]
    [InlineData("f041806501fd0000", Operation.And, 6)]
    [InlineData("f0800b0200000000", Operation.Or, 4)]
    [InlineData("f0480fb133000000", Operation.CompareExchange, 5)]
    [InlineData("f04c0fb16df80000", Operation.CompareExchange, 6)]
    [InlineData("f0480fba33050000", Operation.BitReset, 6)]
    [InlineData("f0490fba6c242005", Operation.BitSet, 8)]
    public void WhatLinuxWritesIsKnown(string bytes, Operation operation, int length)
    {
        Assert.True(PlainWrite.TryDecode(BitConverter.ToUInt64(Convert.FromHexString(bytes)), out PlainWrite write));
        Assert.Equal((operation, length), (write.Operation, write.Length));
    }

    /// <summary>All first bytes that could mean something, before four endings.</summary>
    [Fact]
    public void WhatIsKnownIsReadAsTheDecoderReadsIt()
    {
        int known = 0;
        foreach (byte[] prefix in Prefixes)
        {
            for (int rex = 0x3f; rex < 0x50; rex++)
            {
                foreach (byte[] opcode in Opcodes)
                    known += CountKnown(rex == 0x3f ? [.. prefix, .. opcode] : [.. prefix, (byte)rex, .. opcode]);
            }
        }
        Assert.True(known > 13000);
    }

    private static int CountKnown(byte[] start)
    {
        int known = 0;
        for (int modRm = 0; modRm < 256; modRm++)
        {
            foreach (byte[] tail in Tails)
            {
                byte[] text = [.. start, (byte)modRm, .. tail, 0, 0, 0, 0, 0, 0, 0, 0];
                if (!PlainWrite.TryDecode(BitConverter.ToUInt64(text), out PlainWrite write))
                    continue;
                known++;
                Compare(text, write);
            }
        }
        return known;
    }

    private static void Compare(byte[] text, in PlainWrite write)
    {
        InstructionDecoder.Decode(text.AsSpan(0, 15 < text.Length ? 15 : text.Length), CodeMode.Long, out Instruction instruction);
        var registers = new Registers();
        for (int number = 0; number < 16; number++)
            registers.ByNumber(number) = unchecked(0x1234_5678_9abc_def0ul * (ulong)(number + 3));
        Assert.Equal(instruction.Operation, write.Operation);
        Assert.Equal(instruction.Length, write.Length);
        Assert.Equal(instruction.EffectiveAddress(registers, 1ul << 40, 1ul << 41), write.AddressIn(registers));
        Assert.Equal(instruction.OperandSize, write.IsOfByte ? 1 : 8);
        if (instruction.Source == OperandSource.Immediate)
            Assert.Equal(instruction.Immediate & 0xff, write.Immediate);
        else
            Assert.Equal(instruction.Register, write.Register);
    }
}
