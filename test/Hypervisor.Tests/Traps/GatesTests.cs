using System;

using Serai.Abi;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>What a call is refused for: a domain that may not, an address that nobody may name, a frame that is not to be given away.</summary>
public sealed class GatesTests
{
    private const int Requests = 12;

    private readonly TinyGuest initial, guest;

    public GatesTests()
    {
        TestMachine.Start();
        initial = new TinyGuest("Domain-0", initial: true);
        guest = new TinyGuest("one");
        guest.Enter();
    }

    private static long Extended(TinyGuest who, MmuExtendedCommand command, ushort domain = DomainIds.Self)
    {
        TinyGuest.Store(TinyGuest.AddressOf(Requests), new MmuExtendedOperation { Command = command });
        return who.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(Requests), 1, 0, domain);
    }

    [Fact]
    public void OnlyHardwareHasCachesToFlush()
    {
        foreach (MmuExtendedCommand command in new[] { MmuExtendedCommand.FlushCache, MmuExtendedCommand.FlushCacheGlobal })
        {
            guest.Enter();
            Assert.Equal(-(long)Errno.Access, Extended(guest, command));
            initial.Enter();
            Assert.Equal(0, Extended(initial, command));
        }
    }

    [Fact]
    public void AnotherDomainIsNamedByThePrivilegedOnly()
    {
        var named = new MemoryDomain { Domain = initial.Id };
        foreach (MemoryCommand command in new[] { MemoryCommand.CurrentReservation, MemoryCommand.MaximumReservation, MemoryCommand.MaximumGpfn })
            Assert.Equal(-(long)Errno.Perm, guest.Ask(Hypercall.MemoryOp, (ulong)command, named).Result);
        Assert.Equal(-(long)Errno.Perm, Extended(guest, MmuExtendedCommand.PinL1Table, initial.Id));
        Assert.Equal(-(long)Errno.Perm, guest.Call(Hypercall.UpdateVaMappingOtherDomain, TinyGuest.AddressOf(20), 0, 0, initial.Id));
        initial.Enter();
        named.Domain = guest.Id;
        Assert.Equal((long)guest.Domain.GuestPages, initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.CurrentReservation, named).Result);
    }

    [Fact]
    public void TablesNameTablesOfTheirOwnerOnly()
    {
        initial.Enter();
        for (int level = 0; level < 3; level++)
        {
            ulong entry = Arena.Words(initial.Frames[level])[PageTableEntry.Index(TinyGuest.Origin, 4 - level)];
            ulong place = initial.Frames[level].Address + (ulong)PageTableEntry.Index(TinyGuest.Origin, 4 - level) * 8;
            TinyGuest.Store(TinyGuest.AddressOf(Requests), new MmuUpdateRequest { Pointer = place, Value = entry });
            Assert.Equal(-(long)Errno.Inval, initial.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(Requests), 1, 0, guest.Id));
            Assert.Equal(0, initial.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(Requests), 1, 0, DomainIds.Self));
        }
    }

    [Fact]
    public void WhatTheHypervisorWritesToIsNotGivenAway()
    {
        ulong shared = DirectMap.PhysicalAddress(ref guest.Domain.SharedInfo.Value) >> Mfn.Shift;
        TinyGuest.Store(TinyGuest.AddressOf(13), shared);
        var list = new MemoryReservation { ExtentStart = TinyGuest.AddressOf(13), ExtentCount = 1, Domain = DomainIds.Self };
        Assert.Equal(0, guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, list).Result);
        Assert.True(FrameTable.Of(new Mfn(shared)).Has(Frame.Allocated));
    }

    [Fact]
    public void OnlyThePrivilegedArePinned()
    {
        var pin = new SchedPinOverride { Pcpu = 0 };
        Assert.Equal(-(long)Errno.Perm, guest.Ask(Hypercall.SchedOp, (ulong)SchedCommand.PinOverride, pin).Result);
        initial.Enter();
        Assert.Equal(0, initial.Ask(Hypercall.SchedOp, (ulong)SchedCommand.PinOverride, pin).Result);
    }

    [Fact]
    public void CallbacksAreCanonical()
    {
        foreach (CallbackType type in Enum.GetValues<CallbackType>())
        {
            foreach (ulong address in (ReadOnlySpan<ulong>)[0x8000_0000_0000, 0xffff_7fff_ffff_ffff, 1ul << 63])
            {
                var record = new CallbackRegister { Type = type, Address = address };
                Assert.True(guest.Ask(Hypercall.CallbackOp, (ulong)CallbackCommand.Register, record).Result < 0);
            }
        }
        Assert.Equal((0ul, 0ul), (guest.Vcpu.EventCallback, guest.Vcpu.SyscallCallback));
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, true, false)]
    [InlineData(2, true, false)]
    [InlineData(3, true, true)]
    public void GatesAreForTheRingsTheyName(int ring, bool forKernel, bool forApplications)
    {
        const ulong handler = 0xffff_8800_0001_2340, refused = 0xffff_8800_0001_5670;
        const int vector = 0x40;
        foreach (bool kernel in new[] { true, false })
        {
            guest.Vcpu.TrapAddresses[vector] = handler;
            guest.Vcpu.TrapFlags[vector] = (byte)ring;
            guest.Vcpu.TrapAddresses[13] = refused;
            guest.Vcpu.UserRoot = guest.Vcpu.KernelRoot;
            guest.Vcpu.KernelMode = 1;
            guest.Vcpu.Registers.Rsp = TinyGuest.AddressOf(24);
            if (!kernel)
                Assert.True(GuestMode.TryEnterUser(ref guest.Vcpu));
            Exceptions.SoftwareInterrupt(ref guest.Vcpu, vector, 0x1000, 0x1002);
            Assert.Equal((kernel ? forKernel : forApplications) ? handler : refused, guest.Vcpu.Registers.Rip);
        }
    }
}
