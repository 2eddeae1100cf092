using System;

using Serai.Hypervisor.Emulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Emulation;

/// <summary>The short way for the usual privileged instructions reads in them what the decoder of all instructions does, or nothing.</summary>
public sealed class PlainPrivilegedTests
{
    [Theory]
    [InlineData(new byte[] { 0xec }, Operation.In, 1)]
    [InlineData(new byte[] { 0xed }, Operation.In, 4)]
    [InlineData(new byte[] { 0x66, 0xed }, Operation.In, 2)]
    [InlineData(new byte[] { 0xee }, Operation.Out, 1)]
    [InlineData(new byte[] { 0xef }, Operation.Out, 4)]
    [InlineData(new byte[] { 0x66, 0xef }, Operation.Out, 2)]
    [InlineData(new byte[] { 0xe4, 0x80 }, Operation.In, 1)]
    [InlineData(new byte[] { 0xe5, 0x80 }, Operation.In, 4)]
    [InlineData(new byte[] { 0xe6, 0x80 }, Operation.Out, 1)]
    [InlineData(new byte[] { 0xe7, 0x80 }, Operation.Out, 4)]
    [InlineData(new byte[] { 0x66, 0xe5, 0x80 }, Operation.In, 2)]
    [InlineData(new byte[] { 0x0f, 0x30 }, Operation.WriteMsr, 0)]
    [InlineData(new byte[] { 0x0f, 0x32 }, Operation.ReadMsr, 0)]
    public void TheUsualIsKnown(byte[] bytes, Operation operation, int size)
    {
        Assert.True(PlainPrivileged.TryDecode(Text(bytes), CodeMode.Long, out Instruction instruction));
        Assert.Equal((operation, size, bytes.Length), (instruction.Operation, instruction.OperandSize, instruction.Length));
    }

    /// <summary>All beginnings of two bytes, before three endings, in both modes.</summary>
    [Theory]
    [InlineData(CodeMode.Long, 8 * 256 + 4 + 2)]
    [InlineData(CodeMode.Compatibility, 8 * 256 + 4)]
    public void WhatIsKnownIsReadAsTheDecoderReadsIt(CodeMode mode, int expected)
    {
        foreach (byte[] tail in (byte[][])[[0, 0, 0, 0, 0, 0], [0xed, 0x32, 0x66, 0xf0, 0x0f, 0x30], [0x30, 0xec, 0xed, 0xff, 0x48, 0x90]])
        {
            int known = 0;
            for (int start = 0; start < 1 << 16; start++)
            {
                byte[] bytes = [(byte)start, (byte)(start >> 8), .. tail];
                if (!PlainPrivileged.TryDecode(Text(bytes), mode, out Instruction plain))
                    continue;
                known++;
                InstructionDecoder.Decode([.. bytes, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90], mode, out Instruction decoded);
                Assert.Equal(decoded, plain);
            }
            Assert.Equal(expected, known);
        }
    }

    private static ulong Text(byte[] bytes) => BitConverter.ToUInt64([.. bytes, .. new byte[8]]);
}
