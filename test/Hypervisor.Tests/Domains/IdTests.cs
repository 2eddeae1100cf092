using System.Text;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Tests.Building;
using Serai.Hypervisor.Tests.Grants;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>Ids come round; what was left for a domain that is gone is not for the next one that has its id.</summary>
public sealed class IdTests
{
    /// <summary>Domains come and go until the next one gets an id.</summary>
    private static void PassUntilNext(ushort id)
    {
        ushort last = 0;
        for (int turn = 0; turn < 2 * DomainTable.Capacity && last != (id == 1 ? DomainTable.Capacity - 1 : id - 1); turn++)
        {
            Assert.Equal(Errno.None, DomainTable.Create("passes"u8, false, out Link<Domain> domain));
            last = domain.Value.Id;
            DomainTable.Remove(ref domain.Value);
        }
    }

    private static void Bury(ref Domain domain, ShutdownReason reason)
    {
        DomainLife.ShutDown(ref domain, reason);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
    }

    private static uint Keep(TinyGuest keeper, ushort id)
    {
        Assert.Equal(Errno.None, EventChannels.AllocateUnbound(ref keeper.Domain, id, hypervisor: false, out uint port));
        return port;
    }

    [Fact]
    public void AnEndKeptForADomainThatIsGoneIsNotForTheNextOfItsId()
    {
        TestMachine.Start();
        var mortal = new TinyGuest("mortal");
        var keeper = new TinyGuest("keeper");
        ushort id = mortal.Id;
        uint never = Keep(keeper, id), was = Keep(keeper, id);
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref mortal.Domain, keeper.Id, was, out _));
        Bury(ref mortal.Domain, ShutdownReason.PowerOff);
        Assert.False(DomainTable.TryFind(id, out _));
        uint after = Keep(keeper, id);
        PassUntilNext(id);
        var next = new TinyGuest("next");
        Assert.Equal(id, next.Id);
        foreach (uint port in (uint[])[never, was, after])
            Assert.Equal(Errno.Inval, EventChannels.BindInterdomain(ref next.Domain, keeper.Id, port, out _));
        uint own = Keep(keeper, id);
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref next.Domain, keeper.Id, own, out uint near));
        Assert.Equal(Errno.None, EventChannels.Close(ref next.Domain, near));
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref next.Domain, keeper.Id, own, out _));
    }

    /// <summary>Guests that come up beside each other name each other by number before both are there.</summary>
    [Fact]
    public void AnEndKeptForTheFirstOfAnIdIsItsEvenFromBeforeItsBirth()
    {
        TestMachine.Start();
        var keeper = new TinyGuest("keeper");
        uint port = Keep(keeper, (ushort)(keeper.Id + 1));
        var next = new TinyGuest("next");
        Assert.Equal(Errno.None, EventChannels.BindInterdomain(ref next.Domain, keeper.Id, port, out _));
    }

    private static ref Domain Find(string name)
    {
        Assert.True(DomainTable.TryFind(Encoding.ASCII.GetBytes(name), out Link<Domain> domain), Serial.Output);
        return ref domain.Value;
    }

    private static void Show(TinyGuest granter, uint reference, GrantFlags flags, ushort id)
        => granter.Domain.Grants.Shown(reference) = new GrantEntry { Flags = flags, Domain = id, Frame = (uint)granter.Frames[20].Value };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GrantsLeftForADomainThatIsGoneAreTakenBackBeforeTheNextOfItsId(bool sameId)
    {
        TestKernel.Boot(64, "", (TestKernel.Make(), "kernel domain=a memory=2M"));
        ModuleDomains.StartAll();
        ushort id = Find("a").Id;
        var granter = new TinyGuest("granter");
        Assert.True(granter.Domain.Grants.TryGrow(ref granter.Domain, 3));
        const uint last = 3 * 512 - 1;
        Bury(ref Find("a"), ShutdownReason.Reboot);
        if (sameId)
            PassUntilNext(id);
        ushort next = sameId ? id : (ushort)(granter.Id + 1);
        Show(granter, 8, GrantFlags.PermitAccess, next);
        Show(granter, last, GrantFlags.PermitAccess | GrantFlags.ReadOnly, next);
        Show(granter, 600, GrantFlags.AcceptTransfer, next);
        Show(granter, 601, GrantFlags.AcceptTransfer | GrantFlags.TransferCommitted | GrantFlags.TransferCompleted, next);
        Show(granter, 9, GrantFlags.PermitAccess, (ushort)(next + 1));
        Rebuilds.DoAll();
        Assert.Equal((next, sameId), (Find("a").Id, Find("a").HasPredecessor));
        foreach (uint reference in (uint[])[8, last, 600])
            Assert.Equal(sameId, (granter.Domain.Grants.Shown(reference).Flags & GrantFlags.TypeMask) == GrantFlags.Invalid);
        Assert.Equal(GrantFlags.AcceptTransfer, granter.Domain.Grants.Shown(601).Flags & GrantFlags.TypeMask);
        Assert.Equal(GrantFlags.PermitAccess, granter.Domain.Grants.Shown(9).Flags);
        Assert.Equal(sameId ? GrantStatus.GeneralError : GrantStatus.Okay,
            GrantAccess.Open(ref granter.Domain, 8, next, readOnly: true, GrantFlags.SubPage, out _));
    }

    /// <summary>The operator may choose a domain that is dying; when it is gone the keyboard is nobody's, and not the next one's of its id.</summary>
    [Fact]
    public void TheKeyboardOfADomainThatIsGoneIsNotForTheNextOfItsId()
    {
        var pair = new GrantPair();
        pair.Grant(8);
        GrantMap map = pair.Map(pair.MapRequest(8));
        ushort id = pair.Granter.Id;
        GrantPair.Kill(pair.Granter);
        foreach (char key in $"{(char)0x1e}{id}k")
            Keyboard.Type((byte)key);
        Assert.True(Keyboard.TryFindOwner(out _));
        Assert.Equal(GrantStatus.Okay, pair.Unmap(map.Handle, map.HostAddress));
        GrantPair.Reap();
        Assert.False(DomainTable.TryFind(id, out _));
        PassUntilNext(id);
        Assert.Equal(id, new TinyGuest("next").Id);
        Assert.False(Keyboard.TryFindOwner(out _));
    }
}
