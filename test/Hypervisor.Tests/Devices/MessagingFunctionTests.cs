using System;

using Serai.Abi;
using Serai.Hypervisor.Tests.Interrupts;

using Xunit;

namespace Serai.Hypervisor.Tests.Devices;

/// <summary>Functions that come, go, sleep, move, or say odd things of themselves.</summary>
public sealed partial class MessageTests
{
    /// <summary>
    /// Functions come and go; one with messages mapped stays, and whoever comes to the place of one that is gone is looked at anew.
    /// </summary>
    [Fact]
    public void FunctionsComeAndGo()
    {
        var place = new PhysdevPciDevice { Devfn = (byte)Plain };
        Assert.Equal(Errno.NoDev, guest.Ask(PhysdevCommand.PciDeviceRemove, place).Error);
        Assert.Equal(Errno.NoDev, guest.Ask(PhysdevCommand.PrepareMsix, place).Error);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceRemove, place).Error);
        PciModelFunction other = pci.Plug(Plain, new(Memory, entries: 2));
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.ManagePciAdd, new PhysdevManagePci { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PrepareMsix, place).Error);
        Open(Plain, byTable: true, entry: 1);
        Assert.True(pci.Send(other, 1));
        Assert.Equal(Errno.Busy, guest.Ask(PhysdevCommand.ManagePciRemove, new PhysdevManagePci { Devfn = (byte)Plain }).Error);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Devfn = (byte)Plain }).Error);
        Assert.True(pci.Send(other, 1));
        Assert.Equal(Errno.Inval, guest.Ask(PhysdevCommand.ManagePciAddExt, new PhysdevManagePciExt { IsVirtualFunction = 2 }).Error);
    }

    /// <summary>Of a function that there is no room for, nothing is written that could be a message's.</summary>
    [Fact]
    public void WhatThereIsNoRoomForSendsNothing()
    {
        Errno error = Errno.None;
        uint function = 0x200;
        for (; error == Errno.None && function < 5000; function++)
        {
            pci.Plug(function, new(0));
            var more = new PhysdevPciDeviceAdd { Bus = (byte)(function >> 8), Devfn = (byte)function };
            error = guest.Ask(PhysdevCommand.PciDeviceAdd, more).Error;
        }
        Assert.Equal(Errno.NoMem, error);
        Configure(Plain, 0x54, 4, 0xfee0_0000);
        Configure(Plain, 0x52, 2, 1);
        Assert.Equal((0u, false), (plain.MsiWord(4), plain.IsMsiOn));
        Assert.Equal(Errno.NoMem, Map(Plain).Error);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Bus = 99 }).Error);
    }

    /// <summary>A function that does not answer when it is told of, or goes and comes back, is looked at when it is there.</summary>
    [Fact]
    public void AFunctionThatSleepsIsMetWhenItWakes()
    {
        pci.Unplug(Plain);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Devfn = (byte)Plain }).Error);
        pci.Plug(Plain, plain);
        Configure(Plain, 0x54, 4, 0xfee0_0000);
        Assert.Equal(0u, plain.MsiWord(4));
        pci.Unplug(Plain);
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Devfn = (byte)Plain }).Error);
        pci.Plug(Plain, plain);
        Configure(Plain, 0x54, 4, 0xfee0_0000);
        Assert.Equal(0u, plain.MsiWord(4));
    }

    /// <summary>A virtual function says that its vendor is nobody; its messages are guarded like others, and its table is nowhere.</summary>
    [Fact]
    public void AVirtualFunctionIsOne()
    {
        PciModelFunction one = pci.Plug(0x48, new(0, msi: true, entries: 2));
        one.Bytes.AsSpan(0, 4).Fill(0xff);
        Configure(0x48, 0x54, 4, 0xfee0_0000);
        Assert.Equal(0u, one.MsiWord(4));
        Configure(0x48, 0x72, 2, 0xc000);
        Assert.False(one.IsTableOn);
        Assert.Equal(Errno.NxIo, Map(0x48, byTable: true).Error);
    }

    /// <summary>What somebody left on is off as soon as a function is met.</summary>
    [Fact]
    public void AFunctionThatIsMetIsSilent()
    {
        (plain.Bytes[0x52], tabled.Bytes[0x73]) = (0x37, 0x80);
        foreach (uint address in (uint[])[Plain, Tabled])
            Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.PciDeviceAdd, new PhysdevPciDeviceAdd { Devfn = (byte)address }).Error);
        Assert.False(plain.IsMsiOn || tabled.IsTableOn);
        Assert.Equal(0u, plain.MsiWord(0) >> 20 & 7);
    }

    /// <summary>Buses behind a bridge keep their numbers while messages come from there.</summary>
    [Fact]
    public void ABridgeWithMessagesBehindItKeepsItsBuses()
    {
        PciModelFunction bridge = pci.Plug(0xf0, new(0));
        (bridge.Bytes[0xe], bridge.Bytes[0x19], bridge.Bytes[0x1a]) = (1, 1, 1);
        pci.Plug(0x100, new(0, msi: true));
        (uint irq, _) = Open(0x100);
        Configure(0xf0, 0x18, 4, 0x0002_0200);
        Assert.Equal(1, bridge.Bytes[0x19]);
        Assert.Equal(Errno.None, guest.Unmap((int)irq));
        Assert.Equal(Errno.Busy, guest.Ask(PhysdevCommand.PciDeviceRemove, new PhysdevPciDevice { Bus = 1 }).Error);
        Assert.Equal(Errno.None, guest.Reset());
        Configure(0xf0, 0x18, 4, 0x0002_0200);
        Assert.Equal(2, bridge.Bytes[0x19]);
        Assert.Equal(Errno.NoDev, guest.Ask(PhysdevCommand.PciDeviceRemove, new PhysdevPciDevice { Bus = 1 }).Error);
    }

    /// <summary>A mask that does not reach the table is one all the same: the function sends nothing until its messages are restored.</summary>
    [Fact]
    public void AMaskThatDoesNotArriveHoldsTheFunction()
    {
        (uint irq, uint port) = Open(Tabled, byTable: true);
        Open(Tabled, byTable: true, entry: 1);
        Configure(Tabled, 0x14, 4, 0);
        Configure(Tabled, 0x18, 4, 0);
        Assert.Equal(Errno.None, guest.Close(port));
        Assert.Equal(Errno.None, guest.Unmap((int)irq));
        Configure(Tabled, 0x14, 4, unchecked((uint)High));
        Configure(Tabled, 0x18, 4, (uint)(High >> 32));
        Configure(Tabled, 0x72, 2, 0x8000);
        Assert.False(pci.Send(tabled) || pci.Send(tabled, 1));
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.RestoreMsiExt, new PhysdevPciDevice { Devfn = (byte)Tabled }).Error);
        Configure(Tabled, 0x72, 2, 0x8000);
        Assert.True(pci.Send(tabled, 1));
        pci.TakeAll();
        Assert.Equal(0, tabled.Bytes[0x73] & 0x40);
    }

    /// <summary>A function whose memory is switched off reads as ones, the mask's bit among them.</summary>
    [Fact]
    public void AMaskOfAFunctionWhoseMemoryDoesNotAnswerHoldsIt()
    {
        (_, uint port) = Open(Tabled, byTable: true);
        Configure(Tabled, 4, 2, 4);
        Assert.Equal(Errno.None, guest.Close(port));
        Configure(Tabled, 4, 2, 6);
        Assert.False(pci.Send(tabled));
        Assert.Equal(Errno.None, guest.Ask(PhysdevCommand.RestoreMsiExt, new PhysdevPciDevice { Devfn = (byte)Tabled }).Error);
        Configure(Tabled, 0x72, 2, 0x8000);
        Assert.Equal(0, tabled.Bytes[0x73] & 0x40);
    }
}
