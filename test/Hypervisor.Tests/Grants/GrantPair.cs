using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>A granter, a user of its grants and a stranger, each with a grant table of one frame; the test writes the entries.</summary>
internal sealed class GrantPair
{
    /// <summary>The frame of each domain that its grants and mappings are about, and a page that is mapped to nothing at first.</summary>
    public const int Page = 20, Window = 100;

    private readonly Table<ulong> recount;
    private readonly ulong freeAtFirst;

    /// <summary>Those who play; the initial domain sleeps.</summary>
    public TinyGuest Granter { get; }

    /// <summary>The one that uses grants.</summary>
    public TinyGuest User { get; }

    /// <summary>The one that is granted nothing.</summary>
    public TinyGuest Stranger { get; }

    /// <summary>Starts a machine with them; the user is in the processor.</summary>
    public GrantPair()
    {
        TestMachine.Start(mebibytes: 16);
        Assert.True(FrameAllocator.TryTake(3, out Mfn memory));
        recount = new Table<ulong>(memory.Address, FrameTable.All.Length);
        freeAtFirst = FrameAllocator.FreeCount;
        _ = new TinyGuest("initial", initial: true);
        (Granter, User, Stranger) = (new TinyGuest("granter"), new TinyGuest("user"), new TinyGuest("stranger"));
        foreach (TinyGuest one in (TinyGuest[])[Granter, Stranger, User])
        {
            one.Enter();
            (long result, GrantSetupTable table) = one.Ask(Hypercall.GrantTableOp, (ulong)GrantTableCommand.SetupTable,
                new GrantSetupTable { Domain = DomainIds.Self, FrameCount = 1, FrameList = TinyGuest.AddressOf(TinyGuest.RecordFrame) + 256 });
            Assert.Equal((0, GrantStatus.Okay), (result, table.Status));
        }
    }

    /// <summary>The frame of the granter that is granted.</summary>
    public Mfn Granted => Granter.Frames[Page];

    /// <summary>The entry of the granter's table.</summary>
    public ref GrantEntry Entry(uint reference) => ref Granter.Domain.Grants.Shown(reference);

    /// <summary>How often it is in use, in four counts.</summary>
    public ulong Pins(uint reference) => Granter.Domain.Grants.Active(reference).Pins;

    /// <summary>The granter grants its page to the user.</summary>
    public void Grant(uint reference, GrantFlags more = 0, Mfn? frame = null)
        => Entry(reference) = new GrantEntry
            { Flags = GrantFlags.PermitAccess | more, Domain = User.Id, Frame = (uint)(frame ?? Granted).Value };

    /// <summary>A request of the user's for its window.</summary>
    public GrantMap MapRequest(uint reference, GrantMapFlags more = 0) => new()
    {
        HostAddress = TinyGuest.AddressOf(Window), Flags = GrantMapFlags.HostMap | more, Reference = reference, Domain = Granter.Id,
    };

    /// <summary>The user maps.</summary>
    public GrantMap Map(GrantMap request) => Ask(GrantTableCommand.MapGrantRef, request);

    /// <summary>The user unmaps.</summary>
    public GrantStatus Unmap(uint handle, ulong address, ulong bus = 0)
        => Ask(GrantTableCommand.UnmapGrantRef, new GrantUnmap { Handle = handle, HostAddress = address, DeviceBusAddress = bus }).Status;

    /// <summary>The user makes a call on one record, which must reach the record.</summary>
    public T Ask<T>(GrantTableCommand command, T record)
        where T : unmanaged
    {
        (long result, T answer) = User.Ask(Hypercall.GrantTableOp, (ulong)command, record);
        Assert.Equal(0, result);
        return answer;
    }

    /// <summary>The entry of the user's first table of level 1 for its window.</summary>
    public ulong WindowEntry => Arena.Words(User.Frames[3])[Window];

    /// <summary>The user's entry for a page.</summary>
    public ulong EntryAt(int page) => Arena.Words(User.Frames[3])[page];

    /// <summary>References and typed references of the granted frame.</summary>
    public (uint Count, uint Typed) Counts => (FrameTable.Of(Granted).Count, FrameTable.Of(Granted).TypeCount);

    /// <summary>The hypervisor's own recount agrees with its books.</summary>
    public void ExpectBooks() => Assert.Equal(0ul, InvariantWalk.Count(recount, out _));

    /// <summary>Ends a domain and tears it down, as far as others let it.</summary>
    public static void Kill(TinyGuest guest)
    {
        guest.Domain.Rights.IsInitial = false;
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.Crash);
        Reap();
    }

    /// <summary>Takes apart what is dying.</summary>
    public static void Reap()
    {
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
    }

    /// <summary>Kills everybody; every frame must be free then.</summary>
    public void EndAll()
    {
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            domain.Value.Rights.IsInitial = false;
            DomainLife.ShutDown(ref domain.Value, ShutdownReason.Crash);
        }
        Reap();
        Assert.False(DomainTable.TryFindFrom(0, out _));
        Assert.Equal(freeAtFirst, FrameAllocator.FreeCount);
    }
}
