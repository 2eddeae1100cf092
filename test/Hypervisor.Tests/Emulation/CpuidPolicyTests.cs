using System.Runtime.Intrinsics.X86;
using Xunit;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

public class CpuidPolicyTests
{
    private static readonly CpuidRegisters Everything = new() { Eax = ~0U, Ebx = ~0U, Ecx = ~0U, Edx = ~0U };

    private static readonly CpuidHost Host = new()
    {
        Vendor = CpuVendor.Amd,
        MaximumLeaf = 0x20,
        MaximumExtendedLeaf = 0x8000_0028,
        Xcr0 = 0xe7,
        Xsave = new XsaveLayout
        {
            Avx = new XsaveComponent { Offset = 576, Bytes = 256 },
            Opmask = new XsaveComponent { Offset = 1088, Bytes = 64 },
            ZmmHigh = new XsaveComponent { Offset = 1152, Bytes = 512, Aligned = true },
            HighZmm = new XsaveComponent { Offset = 1664, Bytes = 1024, Aligned = true },
        },
        HasReadTscp = true,
        TscKilohertz = 2_500_000,
        MachineAddressBits = 40,
    };

    // Each row: a leaf, a subleaf, a register, bits that a kernel must not see, and why they are named in the contract.
    [Theory]
    [InlineData(1, 0, 'd', new[] { 1, 3, 11, 12, 13, 17, 18, 21, 29, 31 })]
    [InlineData(1, 0, 'c', new[] { 2, 3, 4, 5, 6, 7, 8, 10, 14, 15, 17, 18, 21, 24 })]
    [InlineData(7, 0, 'b', new[] { 0, 1, 2, 4, 7, 10, 11, 12, 14, 15, 20, 22, 25 })]
    [InlineData(7, 0, 'c', new[] { 2, 3, 4, 5, 7, 13, 16, 29, 30, 31 })]
    [InlineData(7, 0, 'd', new[] { 15, 18, 20, 22, 24, 25, 26, 27, 28, 29, 30, 31 })]
    [InlineData(0xd, 1, 'a', new[] { 3, 4 })]
    [InlineData(0x80000001, 0, 'd', new[] { 1, 3, 12, 13, 17, 26 })]
    [InlineData(0x80000001, 0, 'c', new[] { 2, 3, 4, 9, 10, 12, 13, 15, 19, 22, 23, 24, 28, 29 })]
    [InlineData(0x80000007, 0, 'd', new[] { 8 })]
    public void BitsToHideAreHidden(uint leaf, uint subleaf, char register, int[] bits)
    {
        var value = Register(Apply(leaf, subleaf, Everything), register);
        Assert.All(bits, bit => Assert.Equal(0u, (value >> bit) & 1));
    }

    [Theory]
    [InlineData(1, 'd', new[] { 0, 2, 4, 5, 6, 7, 8, 9, 14, 15, 16, 19, 22, 23, 24, 25, 26, 27, 28 })]
    [InlineData(1, 'c', new[] { 0, 1, 9, 12, 13, 19, 20, 22, 23, 25, 26, 27, 28, 29, 30, 31 })]
    [InlineData(7, 'b', new[] { 3, 5, 8, 9, 16, 17, 18, 19, 21, 23, 24, 28, 29, 30, 31 })]
    [InlineData(7, 'c', new[] { 1, 6, 8, 9, 10, 11, 12, 14 })]
    [InlineData(7, 'd', new[] { 4, 14 })]
    [InlineData(0x80000001, 'd', new[] { 11, 20, 22, 25, 27, 29, 30, 31 })]
    [InlineData(0x80000001, 'c', new[] { 0, 1, 5, 6, 7, 8, 11, 16, 21 })]
    public void BitsToShowAreShown(uint leaf, char register, int[] bits)
    {
        var value = Register(Apply(leaf, 0, Everything), register);
        Assert.All(bits, bit => Assert.Equal(1u, (value >> bit) & 1));
    }

    [Fact]
    public void NothingIsShownThatTheHardwareLacks()
    {
        foreach (var leaf in new uint[] { 1, 7, 0x80000001, 0x80000007, 0x80000021 })
        {
            var shown = Apply(leaf, 0, default);
            Assert.Equal((0u, leaf == 1 ? 1u << 31 : 0, 0u), (shown.Eax, shown.Ecx, shown.Edx));
        }
    }

    [Fact]
    public void SysenterIsShownOnIntelAndSpeedSteppingToTheInitialDomain()
    {
        Assert.NotEqual(0u, Apply(1, 0, Everything, Host with { Vendor = CpuVendor.Intel }).Edx & (1 << 11));
        Assert.NotEqual(0u, Apply(1, 0, Everything, Host, new CpuidGuest { InitialDomain = true }).Ecx & (1 << 7));
        Assert.NotEqual(0u, Apply(0x8000_0007, 0, Everything, Host with { InvariantTsc = true }).Edx & (1 << 8));
    }

    [Fact]
    public void WithoutXsaveNothingThatNeedsItIsShown()
    {
        var host = Host with { Xcr0 = 0 };
        Assert.Equal(0u, Apply(1, 0, Everything, host).Ecx & ((1 << 12) | (1 << 26) | (1 << 27) | (1 << 28) | (1 << 29)));
        var leaf7 = Apply(7, 0, Everything, host);
        Assert.Equal(0u, leaf7.Ebx & 0xdc23_0020);
        Assert.Equal(0u, leaf7.Ecx & 0x5e42);
        Assert.Equal(0u, Apply(7, 1, Everything, host).Eax & 0x30);
        Assert.Equal(default, Apply(0xd, 0, Everything, host));
        Assert.Equal(default, Apply(0xd, 2, Everything, host));
    }

    [Fact]
    public void XsaveSizesFollowThePresentXcr0()
    {
        Assert.Equal(576u, Apply(0xd, 0, Everything, Host, new CpuidGuest { Xcr0 = 1 }).Ebx);
        Assert.Equal(832u, Apply(0xd, 0, Everything, Host, new CpuidGuest { Xcr0 = 7 }).Ebx);
        var wide = Apply(0xd, 0, Everything, Host, new CpuidGuest { Xcr0 = 0xe7 });
        Assert.Equal((0xe7u, 2688u, 2688u, 0u), (wide.Eax, wide.Ebx, wide.Ecx, wide.Edx));
        var compacted = Apply(0xd, 1, Everything, Host, new CpuidGuest { Xcr0 = 0xe7 });
        Assert.Equal((7u, 576u + 256 + 64 + 512 + 1024, 0u, 0u), (compacted.Eax, compacted.Ebx, compacted.Ecx, compacted.Edx));
        Assert.Equal(Everything, Apply(0xd, 2, Everything));
        Assert.Equal(default, Apply(0xd, 9, Everything));
        Assert.Equal(default, Apply(0xd, 64, Everything));
        Assert.Equal(default, Apply(0xd, uint.MaxValue, Everything));
    }

    // The area of the machine that runs the test, wherever it can tell: the operating system's XCR0 is the present one.
    [Fact]
    public void SizesComputedAgreeWithTheHardware()
    {
        if (!X86Base.IsSupported || Hardware(0, 0).Eax < 0xd || (Hardware(1, 0).Ecx & (1 << 27)) == 0)
            return;
        var layout = XsaveLayout.From(Hardware(0xd, 2), Hardware(0xd, 5), Hardware(0xd, 6), Hardware(0xd, 7));
        var supported = Hardware(0xd, 0);
        if ((supported.Eax & ~0xe7u) == 0 && supported.Edx == 0)
            Assert.Equal(supported.Ecx, layout.BytesOf(supported.Eax, compacted: false));
        Assert.Equal(576u, layout.BytesOf(3, compacted: false));
        Assert.True(layout.BytesOf(0xe7, compacted: false) <= supported.Ecx);
    }

    [Fact]
    public void HypervisorLeavesCarryTheSignatureAndTheVersion()
    {
        var first = Apply(0x4000_0000, 0, Everything);
        Assert.Equal((0x4000_0005u, 0x566e_6558u, 0x6558_4d4du, 0x4d4d_566eu), (first.Eax, first.Ebx, first.Ecx, first.Edx));
        Assert.Equal(new CpuidRegisters { Eax = 0x0004_0011 }, Apply(0x4000_0001, 0, Everything));
        Assert.Equal(new CpuidRegisters { Eax = 1, Ebx = 0x4000_0000, Ecx = 1 }, Apply(0x4000_0002, 0, Everything));
        var guest = new CpuidGuest { Incarnation = 3, TimeOffset = 0x1_0000_0002, TimeMultiplier = 4, TimeShift = -1 };
        Assert.Equal(new CpuidRegisters { Eax = 4, Ecx = 2_500_000, Edx = 3 }, Apply(0x4000_0003, 0, Everything, Host, guest));
        Assert.Equal(new CpuidRegisters { Eax = 2, Ebx = 1, Ecx = 4, Edx = ~0U }, Apply(0x4000_0003, 1, Everything, Host, guest));
        Assert.Equal(new CpuidRegisters { Eax = 2_500_000 }, Apply(0x4000_0003, 2, Everything));
        Assert.Equal(new CpuidRegisters { Ebx = 40 }, Apply(0x4000_0005, 0, Everything));
    }

    [Fact]
    public void LeavesWithoutARuleAreZero()
    {
        uint[] leaves = [3, 5, 6, 8, 9, 0xa, 0xb, 0xc, 0xe, 0x10, 0x14, 0x1f, 0x20, 0x4000_0004, 0x4000_0006, 0x4000_0100, 0x7fff_ffff,
            0x8000_0009, 0x8000_000a, 0x8000_001d, 0x8000_001e, 0x8000_001f, 0x8000_0022, 0xc000_0000, uint.MaxValue];
        Assert.All(leaves, leaf => Assert.Equal(default, Apply(leaf, 0, Everything)));
    }

    [Fact]
    public void LeavesBeyondTheHardwaresOwnAreZero()
    {
        var old = Host with { MaximumLeaf = 6, MaximumExtendedLeaf = 0x8000_0004 };
        Assert.Equal(default, Apply(7, 0, Everything, old));
        Assert.Equal(default, Apply(0xd, 0, Everything, old));
        Assert.Equal(default, Apply(0x8000_0008, 0, Everything, old));
        Assert.Equal(0x8000_0004u, Apply(0x8000_0000, 0, Everything, old).Eax);
    }

    [Fact]
    public void VendorsAreKnownByLeafZero()
    {
        Assert.Equal(CpuVendor.Intel, CpuidHost.VendorOf(new CpuidRegisters { Ebx = 0x756e6547, Edx = 0x49656e69, Ecx = 0x6c65746e }));
        Assert.Equal(CpuVendor.Amd, CpuidHost.VendorOf(new CpuidRegisters { Ebx = 0x68747541, Edx = 0x69746e65, Ecx = 0x444d4163 }));
        Assert.Equal(CpuVendor.Other, CpuidHost.VendorOf(default));
    }

    private static CpuidRegisters Apply(uint leaf, uint subleaf, CpuidRegisters hardware) => Apply(leaf, subleaf, hardware, Host);

    private static CpuidRegisters Apply(uint leaf, uint subleaf, CpuidRegisters hardware, in CpuidHost host, CpuidGuest guest = default)
    {
        CpuidPolicy.Apply(leaf, subleaf, host, guest, ref hardware);
        return hardware;
    }

    private static CpuidRegisters Hardware(int leaf, int subleaf)
    {
        var (a, b, c, d) = X86Base.CpuId(leaf, subleaf);
        return new CpuidRegisters { Eax = (uint)a, Ebx = (uint)b, Ecx = (uint)c, Edx = (uint)d };
    }

    private static uint Register(CpuidRegisters registers, char name) => name switch
    {
        'a' => registers.Eax,
        'b' => registers.Ebx,
        'c' => registers.Ecx,
        _ => registers.Edx,
    };
}
