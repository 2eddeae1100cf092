using System;
using System.Text;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Building;

/// <summary>What the initial domain is told of the screen (ABI 01 §1.6), by what loader and BIOS have left.</summary>
public sealed class ScreenTests
{
    private const ulong Place = 0x9000;

    // Address, bytes per line, width, height, bits per pixel, kind (direct colours), and red, green and blue: position and bits.
    private const string Wide = "000000c001000000 00140000 00050000 20030000 20 01", Colours = "1008 0808 0008";

    private static void Bios(byte mode)
    {
        DirectMap.At<byte>(new(0x449)) = mode;
        DirectMap.At<ushort>(new(0x44a)) = 80;
        DirectMap.At<ushort>(new(0x450)) = 0x0c22;
        DirectMap.At<byte>(new(0x484)) = 24;
        DirectMap.At<ushort>(new(0x485)) = 16;
    }

    private static void Tell(string description, bool isPadded)
    {
        byte[] bytes = Convert.FromHexString(description.Replace(" ", "", StringComparison.Ordinal));
        for (int index = 0; index < bytes.Length; index++)
            DirectMap.At<byte>(new(Place + (ulong)index)) = bytes[index];
        BootScreen.Tell(Place, isPadded);
    }

    /// <summary>Builds the initial domain of a machine, and reads what it finds.</summary>
    private static (uint Offset, uint Size, VgaConsoleInfo Screen) Build(string options, Action prepare)
    {
        TestKernel.Boot(64, options, (TestKernel.Make(), "kernel console=hvc0"));
        prepare();
        ModuleDomains.StartAll();
        Assert.True(DomainTable.TryFind(0, out Link<Domain> domain));
        Serai.Hypervisor.Scheduling.ContextSwitch.To(ref TestMachine.Processor, ref domain.Value.Vcpu(0));
        ulong page = domain.Value.Vcpu(0).Registers.Rsi;
        StartInfo info = TinyGuest.Load<StartInfo>(page);
        return (info.Console.Dom0InfoOffset, info.Console.Dom0InfoSize, TinyGuest.Load<VgaConsoleInfo>(page + info.Console.Dom0InfoOffset));
    }

    [Theory]
    [InlineData("console=vga", 0, 24)]
    [InlineData("console=com1,vga", 0, 24)]
    [InlineData("console=com1", 0x22, 12)]
    public void ABiosHasATextScreenAndWhoWroteOnItLeavesTheCursorAtTheBottom(string options, int column, int row)
    {
        (uint offset, uint size, VgaConsoleInfo screen) = Build(options, () => Bios(mode: 3));
        Assert.Equal((1168u, 40u, VgaConsoleType.TextMode3), (offset, size, screen.VideoType));
        VgaTextMode3 text = screen.TextMode3;
        Assert.Equal((80, 25, 16), (text.Columns, text.Rows, text.FontHeight));
        Assert.Equal((column, row), (text.CursorX, text.CursorY));
    }

    [Fact]
    public void WhatABiosLeavesOutIsAsUsual()
    {
        (_, _, VgaConsoleInfo screen) = Build("console=com1,vga", () => DirectMap.At<byte>(new(0x449)) = 3);
        VgaTextMode3 text = screen.TextMode3;
        Assert.Equal((80, 25, 16, 24), (text.Columns, text.Rows, text.FontHeight, text.CursorY));
    }

    [Theory]
    [InlineData(true, VgaConsoleType.EfiFrameBuffer)]
    [InlineData(false, VgaConsoleType.VesaFrameBuffer)]
    public void AFrameBufferIsDescribedAsTheLoaderDid(bool isEfi, VgaConsoleType expected)
    {
        foreach (bool isPadded in (bool[])[false, true])
        {
            (_, uint size, VgaConsoleInfo screen) = Build("", () =>
            {
                Bios(mode: 3);
                BootInformation.EfiTable = isEfi ? 0x1000u : 0;
                Tell(Wide + (isPadded ? "0000" : "") + Colours, isPadded);
            });
            VesaFrameBuffer buffer = screen.FrameBuffer;
            Assert.Equal((40u, expected), (size, screen.VideoType));
            Assert.Equal((1280, 800, 5120, 32), (buffer.Width, buffer.Height, buffer.BytesPerLine, buffer.BitsPerPixel));
            // 5120 times 800 bytes are 62.5 blocks of 64 KiB.
            Assert.Equal((0xc000_0000u, 1u, 63u), (buffer.Base, buffer.BaseHigh, buffer.Size));
            Assert.Equal((16, 8, 8, 8, 0, 8),
                (buffer.RedPosition, buffer.RedSize, buffer.GreenPosition, buffer.GreenSize, buffer.BluePosition, buffer.BlueSize));
            Assert.Equal((24, 8), (buffer.ReservedPosition, buffer.ReservedSize));
        }
    }

    [Theory]
    [InlineData("text of EGA", 3, false, "00800b0000000000 a0000000 50000000 19000000 10 02", VgaConsoleType.TextMode3)]
    [InlineData("a palette", 0, false, "000000c001000000 00050000 00050000 20030000 08 00", default(VgaConsoleType))]
    [InlineData("too wide", 0, false, "000000c001000000 00140000 00000100 20030000 20 01", default(VgaConsoleType))]
    [InlineData("too high", 0, false, "000000c001000000 00140000 00050000 00000100 20 01", default(VgaConsoleType))]
    [InlineData("lines too long", 0, false, "000000c001000000 00000100 00050000 20030000 20 01", default(VgaConsoleType))]
    [InlineData("a BIOS in a mode of graphics", 0x13, false, "", default(VgaConsoleType))]
    [InlineData("no BIOS", 3, true, "", default(VgaConsoleType))]
    public void WhatIsNeitherIsNotTold(string what, byte mode, bool isEfi, string description, VgaConsoleType expected)
    {
        (uint offset, uint size, VgaConsoleInfo screen) = Build("", () =>
        {
            Bios(mode);
            BootInformation.EfiTable = isEfi ? 0x1000u : 0;
            if (description.Length != 0)
                Tell(description + Colours, isPadded: false);
        });
        Assert.True((1168u, expected == default ? 0u : 40u, expected) == (offset, size, screen.VideoType), what);
    }

    [Fact]
    public void OtherDomainsAreToldOfNoScreen()
    {
        TestKernel.Boot(64, "", (TestKernel.Make(), "kernel domain=a memory=12M -- console=hvc0"));
        Bios(mode: 3);
        ModuleDomains.StartAll();
        Assert.True(DomainTable.TryFind(Encoding.ASCII.GetBytes("a"), out Link<Domain> domain));
        Serai.Hypervisor.Scheduling.ContextSwitch.To(ref TestMachine.Processor, ref domain.Value.Vcpu(0));
        Assert.Equal(default, TinyGuest.Load<VgaConsoleType>(domain.Value.Vcpu(0).Registers.Rsi + 1168));
    }
}
