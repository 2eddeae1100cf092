using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>Devices whose index and data are two ports: the index is the domain's own, and what others do between the two does not matter.</summary>
public sealed class HardwarePortsTests
{
    private static readonly ulong code = TinyGuest.AddressOf(20);

    private readonly TinyGuest initial;
    private readonly TinyGuest other;

    public HardwarePortsTests()
    {
        TestMachine.Start();
        other = new TinyGuest("one");
        initial = new TinyGuest("zero", initial: true);
        initial.Enter();
        initial.Vcpu.Ports.PrivilegeLevel = other.Vcpu.Ports.PrivilegeLevel = 1;
    }

    private static ulong Access(TinyGuest guest, byte instruction, ushort port, uint value = 0)
    {
        guest.Enter();
        TinyGuest.Store(code, instruction);
        (guest.Vcpu.Registers.Rip, guest.Vcpu.Registers.Rdx, guest.Vcpu.Registers.Rax) = (code, port, value);
        WayIn.Exception(ref guest.Vcpu, Exceptions.GeneralProtection, 0);
        Assert.Equal(code + 1, guest.Vcpu.Registers.Rip);
        return guest.Vcpu.Registers.Rax;
    }

    private static ulong In8(TinyGuest guest, ushort port) => Access(guest, 0xec, port) & 0xff;

    private static void Out8(TinyGuest guest, ushort port, byte value) => Access(guest, 0xee, port, value);

    private static ulong In32(TinyGuest guest, ushort port) => Access(guest, 0xed, port);

    private static void Out32(TinyGuest guest, ushort port, uint value) => Access(guest, 0xef, port, value);

    private static ulong[] Written(ushort port)
        => [.. Journal.Entries.Where(it => it.Act == Act.PortOut && (it.Detail & 0xffff) == port).Select(it => it.Detail >> 16)];

    [Fact]
    public void ConfigurationSpaceIsReachedThroughTheDomainsOwnAddress()
    {
        (SimulatedProcessor.PortValues[0xcfc], SimulatedProcessor.PortValues[0xcfd]) = (0x86, 0x80);
        Out32(initial, 0xcf8, 0x8000_0804);
        Assert.Empty(Written(0xcf8));
        Assert.Equal(0x8000_0804ul, In32(initial, 0xcf8));
        Assert.Equal(0xffff_8086ul, In32(initial, 0xcfc));
        Assert.Equal(0x80ul, In8(initial, 0xcfd));
        Out8(initial, 0xcfe, 7);
        Assert.Equal([0x8000_0804, 0x8000_0804, 0x8000_0804], Written(0xcf8));
        Assert.Equal([7], Written(0xcfe));
    }

    /// <summary>Reserved bits of the address never reach the chip, and without its first bit there is no access.</summary>
    [Fact]
    public void AnAddressIsOneOfARegisterOrNone()
    {
        Out32(initial, 0xcf8, 0xff00_0807);
        In32(initial, 0xcfc);
        Assert.Equal([0x8000_0804], Written(0xcf8));
        Out32(initial, 0xcf8, 0x7fff_fffc);
        Assert.Equal(0xffff_fffful, In32(initial, 0xcfc));
        Out32(initial, 0xcfc, 1);
        Assert.Single(Written(0xcf8));
        Assert.Empty(Written(0xcfc));
    }

    [Fact]
    public void TheClocksIndexIsTheDomainsOwnAndNeverHoldsNmisBack()
    {
        SimulatedProcessor.PortValues[0x71] = 0x26;
        Out8(initial, 0x70, 0x8a);
        Assert.Empty(Written(0x70));
        Assert.Equal(0x0aul, In8(initial, 0x70));
        Assert.Equal(0x26ul, In8(initial, 0x71));
        Out8(initial, 0x71, 0x2f);
        Assert.Equal([0x0a, 0x0a], Written(0x70));
        Assert.Equal([0x2f], Written(0x71));
    }

    private Errno Permit(ulong bitmap, uint count)
    {
        initial.Enter();
        return (Errno)(-initial.Ask(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIoBitmap,
            new PhysdevSetIoBitmap { Bitmap = bitmap, PortCount = count }).Result);
    }

    private bool IsDone(byte instruction, ushort port)
    {
        TinyGuest.Store(code, instruction);
        (initial.Vcpu.Registers.Rip, initial.Vcpu.Registers.Rdx) = (code, port);
        WayIn.Exception(ref initial.Vcpu, Exceptions.GeneralProtection, 0);
        return initial.Vcpu.Registers.Rip == code + 1;
    }

    /// <summary>A clear bit for each port of the access, within the bitmap's length, in memory of the guest's kernel.</summary>
    [Fact]
    public void ABitmapPermitsWhatTheLevelDoesNot()
    {
        const ulong handler = 0xffff_8800_0001_2340;
        ulong bitmap = TinyGuest.AddressOf(30);
        initial.Vcpu.Ports.PrivilegeLevel = 0;
        initial.Vcpu.Traps.Addresses[13] = handler;
        initial.Vcpu.Registers.Rsp = TinyGuest.AddressOf(24);
        TinyGuest.Store(bitmap + 0x80 / 8, (byte)0b1111_0010);
        Assert.False(IsDone(0xec, 0x80));
        Assert.Equal(Errno.None, Permit(bitmap, 0x84));
        Assert.True(IsDone(0xec, 0x80));
        Assert.False(IsDone(0xec, 0x81));
        Assert.False(IsDone(0xed, 0x80));
        Assert.True(IsDone(0xec, 0x83));
        Assert.False(IsDone(0xec, 0x84));
        Assert.Equal(Errno.None, Permit(bitmap, 0x83));
        Assert.False(IsDone(0xec, 0x83));
        Assert.Equal(Errno.None, Permit(0x1000, 0x1_0000));
        Assert.False(IsDone(0xec, 0x80));
        Assert.Equal(Errno.Inval, Permit(bitmap, 0x1_0001));
        foreach (ulong place in (ulong[])[Serai.Machine.Memory.Layout.DirectMap, 0x0000_7fff_ffff_f000, 0x8000_0000_0000_0000, 0xffff_7fff_ffff_ffff])
            Assert.Equal(Errno.Inval, Permit(place, 0x80));
    }

    [Fact]
    public void OthersReachNeither()
    {
        Journal.Clear();
        Out32(other, 0xcf8, 0x8000_0000);
        Out8(other, 0x70, 0);
        Assert.Equal(0xffff_fffful, In32(other, 0xcfc));
        Assert.Equal(0xfful, In8(other, 0x71));
        Out32(other, 0xcfc, 1);
        Out8(other, 0x71, 1);
        Assert.Equal((0, 0), (Journal.Count(Act.PortIn), Journal.Count(Act.PortOut)));
    }
}
