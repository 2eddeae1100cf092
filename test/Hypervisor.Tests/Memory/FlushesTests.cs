using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Memory;

/// <summary>
/// Which processors are asked to forget, and that none that may remember is left out. There are two; the simulated buffers forget nothing by
/// themselves.
/// </summary>
public sealed class FlushesTests
{
    private const int Victim = 20;

    private static readonly ulong page = TinyGuest.AddressOf(Victim) >> 12;

    public FlushesTests()
    {
        Acpi.ProcessorCount = 2;
        TestMachine.Start();
        Acpi.ProcessorCount = 1;
    }

    private static void Enter(uint processor, ref VirtualCpu vcpu)
    {
        SimulatedProcessor.Number = processor;
        ContextSwitch.To(ref State.Processors[processor].Value, ref vcpu);
    }

    /// <summary>The second virtual CPU takes over what the first was given at the start: its address space.</summary>
    private static TinyGuest TwoHeaded()
    {
        var guest = new TinyGuest("two", vcpus: 2);
        guest.Domain.Vcpu(1).KernelRoot = guest.Domain.Vcpu(0).KernelRoot;
        return guest;
    }

    private static long Pin(TinyGuest guest, Mfn frame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuExtendedOperation { Command = MmuExtendedCommand.PinL1Table, Argument1 = frame.Value });
        return guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    [Fact]
    public void WhatAnotherProcessorRemembersIsForgottenBeforeTheFrameIsATable()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Assert.True(Translations.PagesOf(1).ContainsKey(page), "the simulated buffer forgets by itself");
        Assert.Equal(0, Pin(guest, guest.Frames[Victim]));
        Assert.False(Translations.PagesOf(1).ContainsKey(page));
    }

    [Fact]
    public void WhatAnotherProcessorRemembersIsForgottenBeforeTheFrameIsAnothers()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        TinyGuest.Store(TinyGuest.AddressOf(12), guest.Frames[Victim].Value);
        var reservation = new MemoryReservation { ExtentStart = TinyGuest.AddressOf(12), ExtentCount = 1, Domain = DomainIds.Self };
        Assert.Equal(1, guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, reservation).Result);
        while (Hypervisor.Memory.FrameAllocator.TryTake(0, out Mfn frame) && frame != guest.Frames[Victim])
        {
        }
        Assert.False(Translations.PagesOf(1).ContainsKey(page));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void AProcessorOfAnotherDomainIsAskedOnlyIfThatMapsForeignFrames(bool mapsForeign, int asked)
    {
        var guest = new TinyGuest("one");
        var other = new TinyGuest("other");
        other.Domain.MapsForeign = mapsForeign;
        Enter(1, ref other.Vcpu);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Journal.Clear();
        Assert.Equal(0, Pin(guest, guest.Frames[Victim]));
        Assert.Equal(asked, Journal.Count(Act.Request));
    }

    [Fact]
    public void AProcessorThatHoldsNobodyIsNotAsked()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        ContextSwitch.ToNobody(ref State.Processors[1].Value);
        Enter(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Victim), 0, 0));
        Journal.Clear();
        Assert.Equal(0, Pin(guest, guest.Frames[Victim]));
        Assert.Equal(0, Journal.Count(Act.Request));
    }

    [Fact]
    public void AProcessorIsAskedOnceForMany()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        Enter(0, ref guest.Vcpu);
        for (int frame = Victim; frame < Victim + 4; frame++)
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(frame), 0, 0));
        Journal.Clear();
        for (int frame = Victim; frame < Victim + 4; frame++)
            Assert.Equal(0, Pin(guest, guest.Frames[frame]));
        Assert.Equal(1, Journal.Count(Act.Request));
    }

    [Theory]
    [InlineData(1ul, false)]
    [InlineData(2ul, true)]
    [InlineData(3ul, true)]
    [InlineData(ulong.MaxValue, true)]
    public void AGuestsOwnFlushReachesTheVirtualProcessorsThatItNames(ulong vcpus, bool reaches)
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        Enter(0, ref guest.Vcpu);
        TinyGuest.Store(TinyGuest.AddressOf(12), vcpus);
        TinyGuest.Store(TinyGuest.AddressOf(11),
            new MmuExtendedOperation { Command = MmuExtendedCommand.TlbFlushMulti, Argument2 = TinyGuest.AddressOf(12) });
        Assert.Equal(0, guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self));
        Assert.Equal(!reaches, Translations.PagesOf(1).ContainsKey(page));
    }

    [Fact]
    public void ARequestIsServedByHimWhoWaitsForTheLock()
    {
        TinyGuest guest = TwoHeaded();
        Enter(1, ref guest.Domain.Vcpu(1));
        TinyGuest.Store(TinyGuest.AddressOf(Victim), 0ul);
        State.Processors[1].Value.Request = 1;
        Hypervisor.Traps.ProcessorRequests.Serve(ref State.Processors[1].Value);
        Assert.Equal(0u, State.Processors[1].Value.Request);
        Assert.False(Translations.PagesOf(1).ContainsKey(page));
    }
}
