using Xunit;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Tests.Emulation;

public class EffectiveAddressTests
{
    private const ulong Fs = 0x7000_0000_0000;
    private const ulong Gs = 0xffff_c000_0000_0000;

    [Theory]
    [InlineData("movq %rax, 8(%rbx,%r9,4)", 0x1000 + (0x30 * 4) + 8)]
    [InlineData("movq %rax, -8(%rsp)", 0x7ff8)]
    [InlineData("movq %rax, (%r12)", 0xffff_ffff_ffff_fff0)]
    [InlineData("movq %rax, 32(%r12)", 0x10)]
    [InlineData("movq %rax, 16(%rip)", 0xffff_ffff_8100_0000 + 7 + 16)]
    [InlineData("movq $5, 16(%rip)", 0xffff_ffff_8100_0000 + 11 + 16)]
    [InlineData("movq %rax, 16(%eip)", 0x8100_0000 + 8 + 16)]
    [InlineData("movq %rax, %fs:(%rbx)", Fs + 0x1000)]
    [InlineData("movq %rax, %gs:-8", Gs - 8)]
    [InlineData("movq %rax, %gs:(%r12d)", Gs + 0xffff_fff0)]
    [InlineData("movq %rax, (,%rbx,8)", 0x8000)]
    [InlineData("movabsq %rax, 81985529216486895", 81985529216486895)]
    [InlineData("outsb (%rsi), %dx", 0x2000)]
    [InlineData("insb %dx, %es:(%rdi)", 0x3000)]
    [InlineData("invlpg 1(%rdi)", 0x3001)]
    [InlineData("btsq %r9, (%rbx)", 0x1000)]
    [InlineData("btsq %r13, (%rbx)", 0x1000 - 8)]
    [InlineData("btsw %r13w, (%rbx)", 0x1000 - 2)]
    [InlineData("btsl %esi, (%rbx)", 0x1000 + 0x400)]
    [InlineData("btsq $63, (%rbx)", 0x1000)]
    public void AddressesAreThoseOfTheProcessor(string line, ulong expected)
    {
        InstructionDecoder.Decode(Toolchain.Assemble([line])[0], CodeMode.Long, out var instruction);
        var registers = new Registers
        {
            Rbx = 0x1000,
            R9 = 0x30,
            Rsp = 0x8000,
            R12 = 0xffff_ffff_ffff_fff0,
            Rsi = 0x2000,
            Rdi = 0x3000,
            R13 = ulong.MaxValue,
            Rip = 0xffff_ffff_8100_0000,
        };
        Assert.Equal(expected, instruction.EffectiveAddress(registers, Fs, Gs));
    }
}
