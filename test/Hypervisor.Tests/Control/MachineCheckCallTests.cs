using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Tests.Machine;
using Serai.Simulation;

using Xunit;

using static Serai.Hypervisor.Tests.Control.PlatformGuest;

namespace Serai.Hypervisor.Tests.Control;

/// <summary>mca: what Linux' driver for machine checks asks before it waits for them.</summary>
public sealed class MachineCheckCallTests
{
    private const ulong RecordBytes = 304;

    private readonly TinyGuest initial;

    public MachineCheckCallTests()
    {
        TestMachine.Start(load: FirmwareTables.Processors(3));
        for (uint number = 0; number < Processors.All.Length; number++)
            Processors.All[number].Value.ApicIdentifier = 0x101 * number;
        initial = new TinyGuest("Domain-0", initial: true);
        initial.Enter();
    }

    private (long Result, MachineCheckOperation Record) Ask(MachineCheckOperation operation, uint version = MachineCheckInterface.Version)
    {
        operation.InterfaceVersion = version;
        TinyGuest.Store(Place, operation);
        long result = initial.Call(Hypercall.MachineCheck, Place);
        return (result, TinyGuest.Load<MachineCheckOperation>(Place));
    }

    private (long Result, uint Count) TellProcessors(uint count, ulong records)
    {
        (long result, MachineCheckOperation told) = Ask(new MachineCheckOperation
        {
            Command = MachineCheckCommand.PhysicalCpuInfo, CpuInfo = new MachineCheckCpuInfo { Count = count, Records = records },
        });
        return (result, told.CpuInfo.Count);
    }

    [Fact]
    public void TheDriverCountsProcessorsAndIsToldOfEach()
    {
        SimulatedProcessor.Cpuid[(0, 0)] = (13, 0x756e_6547, 0x6c65_746e, 0x4965_6e69);
        SimulatedProcessor.Cpuid[(1, 0)] = (0x0009_06ea, 0x0008_0800, 0x1111, 0x2222);
        SimulatedProcessor.Cpuid[(0x8000_0000, 0)] = (0x8000_0004, 0, 0, 0);
        SimulatedProcessor.Cpuid[(0x8000_0001, 0)] = (0, 0, 0x3333, 0x4444);
        SimulatedProcessor.Cpuid[(0x8000_0003, 0)] = (0, 0x6972_6553, 0x0000_0061, 0);
        SimulatedProcessor.Msrs[0x179] = 0x10a;
        Assert.Equal((0L, 3u), TellProcessors(0, 0));
        Assert.Equal((0L, 3u), TellProcessors(3, Area));
        for (uint number = 0; number < 3; number++)
        {
            LogicalCpu cpu = TinyGuest.Load<LogicalCpu>(Area + number * RecordBytes);
            Assert.Equal((number, (ushort)number, 0x101 * number, number), (cpu.Number, cpu.CoreId, cpu.ApicId, cpu.ClusterId));
            Assert.Equal((3u, 3u, 1u, 13, 64u), (cpu.Cores, cpu.ActiveCores, cpu.Threads, cpu.HighestLeaf, cpu.CacheAlignment));
            Assert.Equal((6u, 1u, 0x9eu, 10u), (cpu.Family, cpu.Vendor, cpu.Model, cpu.Stepping));
            Assert.Equal("GenuineIntel\0\0\0\0"u8, cpu.VendorName.AsReadOnlySpan());
            Assert.Equal("Seria"u8, cpu.BrandName.AsReadOnlySpan().Slice(20, 5));
            Assert.Equal([0x2222u, 0x4444, 0, 0, 0x1111, 0, 0x3333], cpu.Features.AsReadOnlySpan().ToArray());
            Assert.Equal((1, 0x179ul, 0x10aul), (cpu.MsrCount, cpu.Msrs[0].Register, cpu.Msrs[0].Value));
        }
    }

    [Fact]
    public void NoMoreAreToldThanThereIsRoomForOrThanThereAre()
    {
        TinyGuest.Store(Area + RecordBytes, 0x55ul);
        Assert.Equal((0L, 1u), TellProcessors(1, Area));
        Assert.Equal(0x55ul, TinyGuest.Load<ulong>(Area + RecordBytes));
        Assert.Equal((0L, 3u), TellProcessors(int.MaxValue, Area));
        TinyGuest.Store(Area + 3 * RecordBytes, 0x66ul);
        Assert.Equal((0L, 3u), TellProcessors(64, Area));
        Assert.Equal(0x66ul, TinyGuest.Load<ulong>(Area + 3 * RecordBytes));
        foreach (uint count in new uint[] { 0, 1u << 31, uint.MaxValue })
            Assert.Equal((-(long)Errno.Inval, count), TellProcessors(count, Area));
        foreach (ulong place in new[] { Nowhere, Protected, ulong.MaxValue })
            Assert.Equal(-(long)Errno.Fault, TellProcessors(3, place).Result);
    }

    private (long Result, MachineCheckFetch Record) Fetch(uint flags, ulong data)
    {
        (long result, MachineCheckOperation told) = Ask(new MachineCheckOperation
        {
            Command = MachineCheckCommand.Fetch, Fetch = new MachineCheckFetch { Flags = flags, FetchId = 9, Data = data },
        });
        return (result, told.Fetch);
    }

    [Fact]
    public void ThereIsNothingToFetch()
    {
        const uint noData = (uint)MachineCheckFetchResult.NoData;
        foreach (uint flags in new uint[] { 1, 2, 9, 0x8000_0002 })
        {
            Assert.Equal((0L, noData, 0ul), Fetch(flags, Nowhere) is var told ? (told.Result, told.Record.Flags, told.Record.FetchId) : default);
            Assert.Equal(-(long)Errno.Inval, Fetch(flags, 0).Result);
            Assert.Equal((0L, flags | 4, 9ul), Fetch(flags | 4, 0) is var done ? (done.Result, done.Record.Flags, done.Record.FetchId) : default);
        }
        foreach (uint flags in new uint[] { 0, 3, 4, 7, 8, uint.MaxValue })
            Assert.Equal(-(long)Errno.Inval, Fetch(flags, Area).Result);
    }

    [Fact]
    public void WhoeverAsksOtherwiseIsRefused()
    {
        var count = new MachineCheckOperation { Command = MachineCheckCommand.PhysicalCpuInfo };
        foreach (uint version in new uint[] { 0, MachineCheckInterface.Version - 1, MachineCheckInterface.Version + 1, uint.MaxValue })
            Assert.Equal(-(long)Errno.Access, Ask(count, version).Result);
        foreach (uint command in new uint[] { 0, 2, 4, 5, 6, 7, uint.MaxValue })
            Assert.Equal(-(long)Errno.Inval, Ask(new MachineCheckOperation { Command = (MachineCheckCommand)command }).Result);
        foreach (ulong place in new ulong[] { 0, Nowhere, Nowhere - 8, ulong.MaxValue })
            Assert.Equal(-(long)Errno.Fault, initial.Call(Hypercall.MachineCheck, place));
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref initial.Domain, (Virq)16, 0, out _));
        foreach (ulong command in new ulong[] { 0, 4, 5, uint.MaxValue })
            Assert.Equal(-(long)Errno.OpNotSupp, initial.Call(Hypercall.XenPmuOp, command, Area));
        var guest = new TinyGuest("one");
        guest.Enter();
        Assert.Equal(-(long)Errno.Perm, guest.Call(Hypercall.MachineCheck, Place));
        Assert.Equal(-(long)Errno.Perm, guest.Call(Hypercall.MachineCheck, Nowhere));
        Assert.Equal(-(long)Errno.OpNotSupp, guest.Call(Hypercall.XenPmuOp));
    }
}
