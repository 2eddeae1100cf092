using Xunit;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

public class ModelSpecificRegistersTests
{
    private static readonly MsrGuest Amd = new() { Vendor = CpuVendor.Amd, HasReadTscp = true };
    private static readonly MsrGuest Intel = new() { Vendor = CpuVendor.Intel, HasReadTscp = true };

    [Theory]
    [InlineData(0xc0000100, MsrReadAction.GuestFsBase)]
    [InlineData(0xc0000101, MsrReadAction.GuestGsBase)]
    [InlineData(0xc0000102, MsrReadAction.GuestKernelGsBase)]
    [InlineData(0xc0000080, MsrReadAction.Efer)]
    [InlineData(0xc0000103, MsrReadAction.TscAux)]
    [InlineData(0x10, MsrReadAction.Tsc)]
    [InlineData(0x8b, MsrReadAction.Hardware)]
    [InlineData(0x48, MsrReadAction.FakeZeroWhenNoHandler)]
    [InlineData(0x10a, MsrReadAction.FakeZeroWhenNoHandler)]
    [InlineData(0x12345678, MsrReadAction.FakeZeroWhenNoHandler)]
    public void BothVendorsReadAlike(uint number, MsrReadAction expected)
    {
        Assert.Equal(expected, ModelSpecificRegisters.Read(number, Amd).Action);
        Assert.Equal(expected, ModelSpecificRegisters.Read(number, Intel).Action);
    }

    [Theory]
    [InlineData(0x277, 0x0000050100070406)]
    [InlineData(0x1b, 0xfee00900)]
    [InlineData(0x179, 0)]
    [InlineData(0x17a, 0)]
    [InlineData(0x407, 0)]
    public void ConstantsAreRead(uint number, ulong expected)
    {
        Assert.Equal(Value(expected), Read(number, Amd));
        Assert.Equal(Value(expected), Read(number, Intel));
    }

    // What Linux 6.1 was seen to read on an AMD model, where each #GP would be a warning at best.
    [Theory]
    [InlineData(0xc0011029, 2)]
    [InlineData(0xc0010015, 0)]
    [InlineData(0xc0010007, 0)]
    [InlineData(0xc0010000, 0)]
    [InlineData(0xc0010055, 0)]
    public void RegistersOfAmdHaveValuesThereOnly(uint number, ulong expected)
    {
        Assert.Equal(Value(expected), Read(number, Amd));
        Assert.Equal(MsrWriteAction.Drop, ModelSpecificRegisters.Write(number, 0, Amd));
        Assert.Equal(MsrReadAction.FakeZeroWhenNoHandler, Read(number, Intel).Action);
        Assert.Equal(MsrWriteAction.GeneralProtection, ModelSpecificRegisters.Write(number, 0, Intel));
    }

    [Theory]
    [InlineData(0x3a, 1, MsrWriteAction.GeneralProtection)]
    [InlineData(0xce, 0, MsrWriteAction.Drop)]
    [InlineData(0x140, 0, MsrWriteAction.Drop)]
    [InlineData(0x186, 0, MsrWriteAction.Drop)]
    [InlineData(0x199, 0, MsrWriteAction.Drop)]
    [InlineData(0x345, 0, MsrWriteAction.GeneralProtection)]
    public void RegistersOfIntelHaveValuesThereOnly(uint number, ulong expected, MsrWriteAction write)
    {
        Assert.Equal(Value(expected), Read(number, Intel));
        Assert.Equal(write, ModelSpecificRegisters.Write(number, 0, Intel));
        Assert.Equal(MsrReadAction.FakeZeroWhenNoHandler, Read(number, Amd).Action);
        Assert.Equal(MsrWriteAction.GeneralProtection, ModelSpecificRegisters.Write(number, 0, Amd));
    }

    [Theory]
    [InlineData(0x0000_7fff_ffff_ffff, true)]
    [InlineData(0xffff_8000_0000_0000, true)]
    [InlineData(0x0000_8000_0000_0000, false)]
    [InlineData(0xfffe_8000_0000_0000, false)]
    public void SegmentBasesMustBeCanonical(ulong value, bool valid)
    {
        Assert.Equal(valid ? MsrWriteAction.SetFsBase : MsrWriteAction.GeneralProtection, ModelSpecificRegisters.Write(0xc0000100, value, Amd));
        Assert.Equal(valid ? MsrWriteAction.SetGsBase : MsrWriteAction.GeneralProtection, ModelSpecificRegisters.Write(0xc0000101, value, Amd));
        Assert.Equal(valid ? MsrWriteAction.SetKernelGsBase : MsrWriteAction.GeneralProtection, ModelSpecificRegisters.Write(0xc0000102, value, Amd));
    }

    [Theory]
    [InlineData(0x277, 0x0000050100070406, MsrWriteAction.GeneralProtection)]
    [InlineData(0x277, 0x0007040600070406, MsrWriteAction.GeneralProtection)]
    [InlineData(0x8b, 0, MsrWriteAction.Drop)]
    [InlineData(0x8b, 1, MsrWriteAction.GeneralProtection)]
    [InlineData(0x1b, 1, MsrWriteAction.Drop)]
    [InlineData(0x10, 0, MsrWriteAction.GeneralProtection)]
    [InlineData(0xc0000080, 0xd01, MsrWriteAction.OnlySame)]
    [InlineData(0xc0000103, 0xffff_ffff, MsrWriteAction.TscAux)]
    [InlineData(0xc0000103, 0x1_0000_0000, MsrWriteAction.GeneralProtection)]
    [InlineData(0x400, 1, MsrWriteAction.Drop)]
    [InlineData(0x48, 1, MsrWriteAction.GeneralProtection)]
    [InlineData(0xc0000082, 1, MsrWriteAction.GeneralProtection)]
    public void WritesFollowTheTable(uint number, ulong value, MsrWriteAction expected) =>
        Assert.Equal(expected, ModelSpecificRegisters.Write(number, value, Amd));

    [Fact]
    public void OnlyTheBootProcessorSaysSo()
    {
        var second = Amd with { VirtualCpu = 1 };
        Assert.Equal(Value(0xfee0_0800), Read(0x1b, second));
    }

    [Fact]
    public void MemoryLayoutIsForTheInitialDomainToRead()
    {
        var initial = Amd with { InitialDomain = true };
        foreach (var number in new[] { 0xc0010010, 0xc0010016, 0xc001001a, 0xc001001d, 0xc0010112, 0xc0010113 })
        {
            Assert.Equal(MsrReadAction.Hardware, Read(number, initial).Action);
            Assert.Equal(MsrReadAction.FakeZeroWhenNoHandler, Read(number, Amd).Action);
            Assert.Equal(MsrWriteAction.GeneralProtection, ModelSpecificRegisters.Write(number, 0, initial));
        }
    }

    [Fact]
    public void WithoutRdtscpThereIsNoTscAux()
    {
        var old = Amd with { HasReadTscp = false };
        Assert.Equal(MsrReadAction.FakeZeroWhenNoHandler, Read(0xc0000103, old).Action);
        Assert.Equal(MsrWriteAction.GeneralProtection, ModelSpecificRegisters.Write(0xc0000103, 0, old));
    }

    [Fact]
    public void HiddenBitsOfTheHardwareStayHidden()
    {
        Assert.Equal(0xd01UL, ModelSpecificRegisters.Filter(0xc0000080, ulong.MaxValue));
        Assert.Equal(0x1801UL, ModelSpecificRegisters.Filter(0x1a0, 0x4_0081));
        Assert.Equal(7UL, ModelSpecificRegisters.Filter(0x8b, 7));
    }

    private static (MsrReadAction Action, ulong Value) Read(uint number, in MsrGuest guest)
    {
        var read = ModelSpecificRegisters.Read(number, guest);
        return (read.Action, read.Value);
    }

    private static (MsrReadAction Action, ulong Value) Value(ulong value) => (MsrReadAction.Value, value);
}
