using Xunit;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Tests.Emulation;

public class StringPortTests
{
    [Fact]
    public void OneElementWithoutRepEndsTheInstruction()
    {
        var instruction = Decode(0x66, 0x6d);
        var registers = new Registers { Rdi = 0x1000, Rcx = 5, Rip = 0x10 };
        Assert.False(StringPort.IsFinished(instruction, registers));
        Assert.True(StringPort.Advance(instruction, ref registers));
        Assert.Equal((0x1002UL, 5UL, 0x12UL), (registers.Rdi, registers.Rcx, registers.Rip));
    }

    [Fact]
    public void RepCountsDownAndMovesOnOnlyAtItsEnd()
    {
        var instruction = Decode(0xf3, 0x6f);
        var registers = new Registers { Rsi = 0x1000, Rcx = 2, Rip = 0x10 };
        Assert.False(StringPort.Advance(instruction, ref registers));
        Assert.Equal((0x1004UL, 1UL, 0x10UL), (registers.Rsi, registers.Rcx, registers.Rip));
        Assert.True(StringPort.Advance(instruction, ref registers));
        Assert.Equal((0x1008UL, 0UL, 0x12UL), (registers.Rsi, registers.Rcx, registers.Rip));
        Assert.True(StringPort.IsFinished(instruction, registers));
    }

    [Fact]
    public void TheDirectionFlagGoesDown()
    {
        var instruction = Decode(0x6e);
        var registers = new Registers { Rsi = 0, Rflags = 0x400 };
        StringPort.Advance(instruction, ref registers);
        Assert.Equal(ulong.MaxValue, registers.Rsi);
    }

    [Fact]
    public void NarrowAddressesCountInEcxAndWrapAtFourGigabytes()
    {
        var instruction = Decode(0xf3, 0x67, 0x6c);
        var registers = new Registers { Rdi = 0xffff_ffff, Rcx = 0x1_0000_0001 };
        Assert.False(StringPort.IsFinished(instruction, registers));
        Assert.True(StringPort.Advance(instruction, ref registers));
        Assert.Equal((0UL, 0UL), (registers.Rdi, registers.Rcx));
    }

    private static Instruction Decode(params byte[] bytes)
    {
        InstructionDecoder.Decode(bytes, CodeMode.Long, out var instruction);
        return instruction;
    }
}
