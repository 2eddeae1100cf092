using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>Deaths with grants out, tables that grow, long lists, and the calls on the table itself.</summary>
public sealed class GrantLifeTests
{
    private static readonly ulong window = TinyGuest.AddressOf(GrantPair.Window);
    private readonly GrantPair pair = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GranterThatDiesIsGoneWhenItsLastUserIs(bool overwritten)
    {
        pair.Grant(9);
        GrantMap map = pair.Map(pair.MapRequest(9, GrantMapFlags.ReadOnly));
        ushort id = pair.Granter.Id;
        ulong free = FrameAllocator.FreeCount;
        if (overwritten)
            pair.User.Call(Hypercall.UpdateVaMapping, window, 0);
        GrantPair.Kill(pair.Granter);
        Assert.True(DomainTable.TryFind(id, out Link<Domain> dying));
        Assert.Equal((overwritten ? 0ul : 1, 1u), (dying.Value.Memory.PageCount, dying.Value.Grants.Outstanding));
        Assert.True(FrameAllocator.FreeCount > free + 40);
        Assert.Equal(GrantStatus.BadDomain, pair.Map(pair.MapRequest(9)).Status);
        Assert.Equal(overwritten ? GrantStatus.GeneralError : GrantStatus.Okay, pair.Unmap(map.Handle, window));
        if (overwritten)
            GrantPair.Kill(pair.User);
        GrantPair.Reap();
        Assert.False(DomainTable.TryFind(id, out _));
        pair.ExpectBooks();
        pair.EndAll();
    }

    [Theory]
    [InlineData(GrantMapFlags.None)]
    [InlineData(GrantMapFlags.ReadOnly)]
    [InlineData(GrantMapFlags.DeviceMap)]
    public void UserThatDiesLeavesNothingOnItsGranters(GrantMapFlags flags)
    {
        (uint, uint) counts = pair.Counts;
        pair.Grant(9);
        pair.Map(pair.MapRequest(9, flags));
        pair.Map(pair.MapRequest(9, flags) with { HostAddress = window + 4096 });
        GrantPair.Kill(pair.User);
        Assert.Equal((GrantFlags.PermitAccess, 0ul, 0u), (pair.Entry(9).Flags, pair.Pins(9), pair.Granter.Domain.Grants.Outstanding));
        Assert.Equal(counts, pair.Counts);
        pair.ExpectBooks();
        pair.EndAll();
    }

    [Fact]
    public void BothWaysAtOnce()
    {
        pair.Grant(9);
        pair.Map(pair.MapRequest(9));
        pair.User.Domain.Grants.Shown(4) = new GrantEntry
            { Flags = GrantFlags.PermitAccess, Domain = pair.Granter.Id, Frame = (uint)pair.User.Frames[22].Value };
        pair.Granter.Enter();
        (_, GrantMap map) = pair.Granter.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.MapGrantRef, new GrantMap
            { HostAddress = window, Flags = GrantMapFlags.HostMap, Reference = 4, Domain = pair.User.Id });
        Assert.Equal(GrantStatus.Okay, map.Status);
        pair.EndAll();
    }

    [Fact]
    public void HandlesGrowAndAreUsedAgain()
    {
        pair.Grant(9);
        const int many = 1100;
        uint last = 0;
        for (int index = 0; index < many; index++)
            last = pair.Map(new GrantMap { Flags = GrantMapFlags.DeviceMap, Reference = 9, Domain = pair.Granter.Id }).Handle;
        Assert.Equal((many - 1u, many * ActiveGrant.DeviceWrite), (last, pair.Pins(9)));
        Assert.Equal((4ul, 3u * 512), (pair.User.Domain.Grants.Maptrack.HeldFrames, pair.User.Domain.Grants.Maptrack.Capacity));
        for (uint handle = 0; handle < many; handle++)
            Assert.Equal(GrantStatus.Okay, pair.Unmap(handle, 0, pair.Granted.Address));
        Assert.Equal((0ul, GrantFlags.PermitAccess), (pair.Pins(9), pair.Entry(9).Flags));
        Assert.True(pair.Map(new GrantMap { Flags = GrantMapFlags.DeviceMap, Reference = 9, Domain = pair.Granter.Id }).Handle < many);
        pair.EndAll();
    }

    [Fact]
    public void NoMemoryForHandles()
    {
        pair.Grant(9);
        while (FrameAllocator.TryTake(0, out _))
        {
        }
        Assert.Equal(GrantStatus.NoSpace, pair.Map(pair.MapRequest(9)).Status);
        Assert.Equal((GrantFlags.PermitAccess, 0ul), (pair.Entry(9).Flags, pair.WindowEntry));
    }

    [Fact]
    public void LongListGoesOnLater()
    {
        const uint many = 1_500_000;
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame), list = 0x6000_0000_0000;
        ref Registers registers = ref pair.User.Vcpu.Registers;
        TinyGuest.Store(place, new GrantMap { Flags = GrantMapFlags.DeviceMap, Reference = 9, Domain = 77 });
        registers.Vector = 0x100;
        MapTheListPageManyTimes(list);
        (registers.Rax, registers.Rdi, registers.Rsi, registers.Rdx) = ((ulong)Hypercall.GrantTableOp, 0, list, many);
        ulong behind = registers.Rip;
        SystemCall.Perform(ref pair.User.Vcpu);
        Assert.Equal(behind - 2, registers.Rip);
        Assert.InRange(registers.Rdx, many - 600, many - 300);
        Assert.Equal(list + (many - registers.Rdx) * 32, registers.Rsi);
    }

    private void MapTheListPageManyTimes(ulong list)
    {
        TinyGuest user = pair.User;
        Mfn record = user.Frames[TinyGuest.RecordFrame];
        int[] tables = [30, 31, 32];
        foreach (int table in tables)
            Assert.Equal(0, user.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(table), TinyGuest.Entry(user.Frames[table], writable: false)));
        Simulation.Arena.Words(user.Frames[30]).Fill(TinyGuest.Entry(record, writable: true));
        Simulation.Arena.Words(user.Frames[31]).Fill(TinyGuest.Entry(user.Frames[30], writable: true));
        Simulation.Arena.Words(user.Frames[32]).Fill(TinyGuest.Entry(user.Frames[31], writable: true));
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuUpdateRequest
            { Pointer = user.Frames[0].Address + (list >> 39 & 511) * 8, Value = TinyGuest.Entry(user.Frames[32], writable: true) });
        Assert.Equal(0, user.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self));
    }

    [Fact]
    public void Versions()
    {
        foreach ((uint asked, Errno error) in ((uint, Errno)[])[(1, Errno.None), (2, Errno.NoSys), (0, Errno.Inval), (3, Errno.Inval)])
        {
            (long got, GrantSetVersion set) = pair.User.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetVersion,
                new GrantSetVersion { Version = asked });
            Assert.Equal((-(long)error, 1u), (got, set.Version));
        }
        foreach ((ushort domain, Errno error) in ((ushort, Errno)[])[(DomainIds.Self, Errno.None), (pair.Granter.Id, Errno.Perm), (77, Errno.Srch)])
        {
            var get = new GrantGetVersion { Domain = domain };
            Assert.Equal(-(long)error, pair.User.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.GetVersion, get).Result);
        }
        Assert.Equal(GrantStatus.GeneralError, pair.Ask(GrantTableCommand.GetStatusFrames,
            new GrantGetStatusFrames { Domain = DomainIds.Self, FrameCount = 1 }).Status);
    }

    [Fact]
    public void TheTableGrowsUpToItsLimit()
    {
        GrantSetupTable setup = new() { Domain = DomainIds.Self, FrameCount = 64, FrameList = TinyGuest.AddressOf(12) };
        Assert.Equal(GrantStatus.Okay, pair.Ask(GrantTableCommand.SetupTable, setup).Status);
        Assert.Equal((64u, GrantStatus.Okay), Query(DomainIds.Self));
        Assert.Equal(pair.User.Domain.Grants[63].Value, TinyGuest.Load<ulong>(TinyGuest.AddressOf(12) + 63 * 8));
        Assert.Equal(GrantStatus.GeneralError, pair.Ask(GrantTableCommand.SetupTable, setup with { FrameCount = 65 }).Status);
        Assert.Equal(GrantStatus.BadVirtualAddress, pair.Ask(GrantTableCommand.SetupTable, setup with { FrameList = 0x1000 }).Status);
        Assert.Equal(GrantStatus.PermissionDenied, pair.Ask(GrantTableCommand.SetupTable, setup with { Domain = pair.Granter.Id }).Status);
        Assert.Equal((0u, GrantStatus.BadDomain), Query(77));
        pair.ExpectBooks();
        pair.EndAll();
    }

    private (uint, GrantStatus) Query(ushort domain)
    {
        GrantQuerySize query = pair.Ask(GrantTableCommand.QuerySize, new GrantQuerySize { Domain = domain });
        return (query.FrameCount, query.Status);
    }

    [Fact]
    public void EntriesInUseAreNotSwapped()
    {
        pair.Grant(9);
        GrantTable table = pair.Granter.Domain.Grants;
        table.Shown(10) = new GrantEntry { Frame = 5 };
        pair.Granter.Enter();
        Assert.Equal(GrantStatus.Okay, Swap(9, 10));
        Assert.Equal((5u, (uint)pair.Granted.Value), (table.Shown(9).Frame, table.Shown(10).Frame));
        Assert.Equal(GrantStatus.BadGrantRef, Swap(9, 512));
        Assert.Equal(GrantStatus.Okay, Swap(9, 9));
        pair.User.Enter();
        Assert.Equal(GrantStatus.Okay, pair.Map(pair.MapRequest(10)).Status);
        pair.Granter.Enter();
        Assert.Equal(GrantStatus.Again, Swap(9, 10));
        Assert.Equal(GrantStatus.Again, Swap(10, 9));
    }

    private GrantStatus Swap(uint a, uint b)
    {
        (long result, GrantSwapReference swap) = pair.Granter.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SwapGrantRef,
            new GrantSwapReference { ReferenceA = a, ReferenceB = b });
        Assert.Equal(0, result);
        return swap.Status;
    }

    [Fact]
    public void CachesAreWrittenBackForWhoMaySee()
    {
        pair.Grant(9);
        GrantCacheFlush flush = new() { DeviceBusAddress = pair.Granted.Address, Length = 64, Operations = GrantCacheOperations.Clean };
        Assert.Equal(-(long)Errno.Inval, Flush(flush));
        pair.Map(pair.MapRequest(9));
        Assert.Equal(0, Flush(flush));
        Assert.Equal(0, Flush(flush with { Operations = GrantCacheOperations.Clean | GrantCacheOperations.Invalidate }));
        Assert.Equal(-(long)Errno.OpNotSupp, Flush(flush with { Operations = GrantCacheOperations.Invalidate }));
        Assert.Equal(-(long)Errno.OpNotSupp, Flush(flush with { Operations = GrantCacheOperations.SourceGrantRef }));
        Assert.Equal(-(long)Errno.Inval, Flush(flush with { Offset = 4095, Length = 2 }));
        Assert.Equal(-(long)Errno.Inval, Flush(flush with { DeviceBusAddress = ulong.MaxValue }));
        Assert.Equal(-(long)Errno.Perm, Flush(flush with { DeviceBusAddress = 0 }));
        Assert.Equal(0, Flush(flush with { DeviceBusAddress = pair.User.Frames[5].Address }));
    }

    /// <summary>What a flush takes from the budget is by the lines that it touches.</summary>
    [Fact]
    public void AFlushIsChargedByItsLines()
    {
        GrantCacheFlush flush = new() { DeviceBusAddress = pair.User.Frames[5].Address, Operations = GrantCacheOperations.Clean };
        long one = LeftAfter(flush with { Offset = 64, Length = 64 });
        foreach ((ushort offset, ushort length, int lines) in new (ushort, ushort, int)[]
            { (0, 1, 1), (63, 1, 1), (63, 2, 2), (0, 4096, 64), (1, 4095, 64) })
            Assert.Equal((lines - 1) * (long)Cost.LineWrittenBack, one - LeftAfter(flush with { Offset = offset, Length = length }));
    }

    private long LeftAfter(GrantCacheFlush flush)
    {
        Assert.Equal(0, Flush(flush));
        return Preemption.Left;
    }

    private long Flush(GrantCacheFlush flush) => pair.User.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.CacheFlush, flush).Result;
}
