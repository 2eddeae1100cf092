using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Tests.Emulation;

public class RegistersTests
{
    [Fact]
    public void TheFrameIsAsTheEntryAssemblyPushesIt()
    {
        Assert.Equal(Registers.Bytes, Unsafe.SizeOf<Registers>());
        Assert.Equal(0, Offset(nameof(Registers.R15)));
        Assert.Equal(80, Offset(nameof(Registers.Rax)));
        Assert.Equal(112, Offset(nameof(Registers.Rdi)));
        Assert.Equal(120, Offset(nameof(Registers.ErrorCode)));
        Assert.Equal(124, Offset(nameof(Registers.Vector)));
        Assert.Equal(128, Offset(nameof(Registers.Rip)));
        Assert.Equal(160, Offset(nameof(Registers.Ss)));
    }

    [Fact]
    public void NumbersNameTheRegistersAsInstructionsDo()
    {
        var registers = default(Registers);
        for (var i = 0; i < 16; i++)
            registers.ByNumber(i) = (ulong)i + 100;
        Assert.Equal((100UL, 101UL, 102UL, 103UL), (registers.Rax, registers.Rcx, registers.Rdx, registers.Rbx));
        Assert.Equal((104UL, 105UL, 106UL, 107UL), (registers.Rsp, registers.Rbp, registers.Rsi, registers.Rdi));
        Assert.Equal((108UL, 109UL, 110UL, 111UL), (registers.R8, registers.R9, registers.R10, registers.R11));
        Assert.Equal((112UL, 113UL, 114UL, 115UL), (registers.R12, registers.R13, registers.R14, registers.R15));
        for (var i = 0; i < 16; i++)
            Assert.Equal((ulong)i + 100, registers.Read(i));
    }

    [Theory]
    [InlineData(3, 8, false, 0x8877_6655_4433_2211)]
    [InlineData(3, 4, false, 0x0000_0000_4433_2211)]
    [InlineData(3, 2, false, 0xffff_ffff_ffff_2211)]
    [InlineData(3, 1, false, 0xffff_ffff_ffff_ff11)]
    [InlineData(7, 1, false, 0xffff_ffff_ffff_11ff)]
    public void WritesOfEachSizeLeaveTheRestAsTheProcessorDoes(int number, int size, bool rex, ulong expected)
    {
        var registers = new Registers { Rbx = ulong.MaxValue, Rdi = ulong.MaxValue };
        registers.SetByNumber(number, size, rex, 0x8877_6655_4433_2211);
        Assert.Equal(expected, registers.Rbx);
        Assert.Equal(ulong.MaxValue, registers.Rdi);
        Assert.Equal(0x8877_6655_4433_2211 & (size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1), registers.ReadOperand(number, size, rex));
    }

    [Fact]
    public void WithRexByteRegisterSevenIsDil()
    {
        var registers = new Registers { Rbx = ulong.MaxValue, Rdi = ulong.MaxValue };
        registers.SetByNumber(7, 1, true, 0x11);
        Assert.Equal((ulong.MaxValue, 0xffff_ffff_ffff_ff11), (registers.Rbx, registers.Rdi));
    }

    private static int Offset(string field) => (int)Marshal.OffsetOf<Registers>(field);
}
