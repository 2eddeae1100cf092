using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>The machine's map as the initial domain is told it, beside what it may map.</summary>
public sealed class MachineMapTests
{
    private const ulong Ram = 16 << 20, LastPage = 0xf_ffff;
    private const int Buffer = 20, EntryBytes = 20;

    private readonly TinyGuest initial;

    public MachineMapTests()
    {
        TestMachine.Start();
        initial = new TinyGuest("initial", initial: true);
        initial.Enter();
    }

    private static E820Entry Entry(ulong start, ulong end, E820Type type) => new() { Address = start, Size = end - start, Type = type };

    private static void Told(params E820Entry[] map) => BootInformation.Reset(map);

    private static void IsAmds(uint family)
    {
        SimulatedProcessor.Cpuid[(0, 0)] = (13, 0x6874_7541, 0x444d_4163, 0x6974_6e65);
        SimulatedProcessor.Cpuid[(1, 0)] = (family < 15 ? family << 8 : 0xf00 | (family - 15) << 20, 0, 0, 0);
        RefusedFrames.Initialise();
    }

    private long Ask(uint room, ulong buffer, out uint count)
    {
        (long result, MemoryMap map) = initial.Ask(
            Hypercall.MemoryOp, (ulong)MemoryCommand.MachineMemoryMap, new MemoryMap { EntryCount = room, Buffer = buffer });
        count = map.EntryCount;
        return result;
    }

    private List<(ulong Start, ulong End, E820Type Type)> Map()
    {
        Assert.Equal(0, Ask(100, TinyGuest.AddressOf(Buffer), out uint count));
        return [.. Enumerable.Range(0, (int)count)
            .Select(index => TinyGuest.Load<E820Entry>(TinyGuest.AddressOf(Buffer) + (ulong)(index * EntryBytes)))
            .Select(entry => (entry.Address, entry.Address + entry.Size, entry.Type))];
    }

    private long MapFrame(ulong frame)
        => initial.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(30), TinyGuest.Entry(new Mfn(frame), writable: false), 2);

    /// <summary>What lies between the firmware's entries and cannot be mapped is told as reserved; what can be is not told of.</summary>
    [Fact]
    public void HolesThatCannotBeMappedAreReserved()
    {
        Told(Entry(0, Ram, E820Type.Ram), Entry(0xfee0_0000, 0xfee0_1800, E820Type.Reserved), Entry(0xffff_0000, 1ul << 32, E820Type.Reserved));
        IsAmds(15);
        Assert.Equal(
            [
                (0ul, Ram, E820Type.Ram), (0xfec0_0000ul, 0xfec0_1000ul, E820Type.Reserved), (0xfee0_0000ul, 0xfee0_1800ul, E820Type.Reserved),
                (0xfee0_2000ul, 0xfef0_0000ul, E820Type.Reserved), (0xffff_0000ul, 1ul << 32, E820Type.Reserved),
                (0xfd_0000_0000ul, 1ul << 40, E820Type.Reserved),
            ], Map());
    }

    /// <summary>The frames at both ends of each range.</summary>
    [Theory]
    [InlineData(0xfebff, true)]
    [InlineData(0xfec00, false)]
    [InlineData(0xfec01, true)]
    [InlineData(0xfedff, true)]
    [InlineData(0xfee00, false)]
    [InlineData(0xfee01, false)]
    [InlineData(0xfeeff, false)]
    [InlineData(0xfef00, true)]
    [InlineData(0xfcf_ffff, true)]
    [InlineData(0xfd0_0000, false)]
    [InlineData(0xfff_ffff, false)]
    public void WhatIsReservedSoCannotBeMapped(ulong frame, bool expected)
    {
        IsAmds(15);
        Assert.Equal(expected ? 0 : -(long)Errno.Perm, MapFrame(frame));
    }

    /// <summary>Of AMD's later processors the end of what they can address is kept; of others nothing.</summary>
    [Fact]
    public void WhatIsKeptForHyperTransportIsTheProcessors()
    {
        const ulong limit = 1ul << 31;
        FrameTable.PhysicalLimit = limit;
        IsAmds(0x19);
        Assert.Equal((0, 0), (MapFrame(0xfd0_0000), MapFrame(limit - (3ul << 20) - 1)));
        Assert.Equal((-(long)Errno.Perm, -(long)Errno.Perm), (MapFrame(limit - (3ul << 20)), MapFrame(limit - 1)));
        SimulatedProcessor.Cpuid[(0, 0)] = (13, 0x756e_6547, 0x6c65_746e, 0x4965_6e69);
        RefusedFrames.Initialise();
        Assert.Equal(0, MapFrame(limit - 1));
        // One that does not even reach there keeps nothing.
        FrameTable.PhysicalLimit = 1ul << 24;
        IsAmds(0x19);
        Assert.False(RefusedFrames.TryFind(1ul << 20, ulong.MaxValue >> 12, out _, out _));
    }

    /// <summary>No entry is written behind the buffer's end, wherever that is, and without a buffer only the length is told.</summary>
    [Fact]
    public void ABufferThatIsTooShortIsSaidToBe()
    {
        Told(Entry(0, Ram, E820Type.Ram), Entry(0xffff_0000, 1ul << 32, E820Type.Reserved));
        IsAmds(15);
        const uint all = 5;
        Assert.Equal((0, all), (Ask(0, 0, out uint count), count));
        for (uint room = 0; room <= all + 1; room++)
        {
            Arena.Words(initial.Frames[Buffer]).Fill(0xeeee_eeee_eeee_eeee);
            Assert.Equal(room < all ? -(long)Errno.Inval : 0, Ask(room, TinyGuest.AddressOf(Buffer), out count));
            Assert.Equal(room < all ? room : all, count);
            ulong behind = TinyGuest.AddressOf(Buffer) + (room < all ? room : all) * EntryBytes;
            Assert.Equal(0xeeee_eeee_eeee_eeee, TinyGuest.Load<ulong>(behind));
        }
        Assert.Equal(-(long)Errno.Fault, Ask(100, TinyGuest.AddressOf(48) - (EntryBytes * 3), out _));
    }

    /// <summary>Below 1 MiB all is as devices' memory, RAM or not: firmware's data are read there.</summary>
    [Fact]
    public void TheLowMegabyteIsMappedAsItIs()
    {
        foreach (ulong frame in (ulong[])[0, 1, 0x9f, 0xa0, 0xf0, 0xff])
        {
            Assert.Equal(0, MapFrame(frame));
            Assert.Equal(DomainIds.Io, FrameTable.Of(new Mfn(frame)).Owner);
        }
        Assert.Equal(-(long)Errno.Inval, MapFrame(0x100));
        Assert.Equal(0, MapFrame(LastPage));
    }
}
