using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Interrupts;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Interrupts;

/// <summary>A domain that asks for interrupts of devices, by hypercall; and the devices' side of it.</summary>
internal sealed class InterruptGuest
{
    private readonly TinyGuest guest;

    public InterruptGuest(string name, bool initial = true)
    {
        guest = new TinyGuest(name, initial: initial);
        guest.Enter();
        guest.Info.EventUpcallMask = 1;
        guest.Domain.SharedInfo.Value.EventPending.AsSpan().Clear();
    }

    public TinyGuest Tiny => guest;

    public (Errno Error, T Record) Ask<T>(PhysdevCommand command, T record) where T : unmanaged
    {
        (long result, T back) = guest.Ask(Hypercall.PhysdevOp, (ulong)command, record);
        return ((Errno)(-result), back);
    }

    public (Errno Error, int Irq) Map(int line, int irq = -1, ushort domain = DomainIds.Self, MapPirqType type = MapPirqType.Gsi)
    {
        (Errno error, PhysdevMapPirq map) = Ask(PhysdevCommand.MapPirq,
            new PhysdevMapPirq { Domain = domain, Type = type, Index = line, Pirq = irq });
        return (error, map.Pirq);
    }

    public Errno Unmap(int irq, ushort domain = DomainIds.Self)
        => Ask(PhysdevCommand.UnmapPirq, new PhysdevUnmapPirq { Domain = domain, Pirq = irq }).Error;

    public Errno SetUp(int line, bool level, bool activeLow = false)
        => Ask(PhysdevCommand.SetupGsi, new PhysdevSetupGsi
        {
            Gsi = line, Triggering = (byte)(level ? 1 : 0), Polarity = (byte)(activeLow ? 1 : 0),
        }).Error;

    public Errno End(uint irq) => Ask(PhysdevCommand.Eoi, new PhysdevEoi { Irq = irq }).Error;

    public (Errno Error, uint Port) Bind(uint irq)
    {
        (long result, EventBindPirq bind) = guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.BindPirq,
            new EventBindPirq { Pirq = irq, Flags = EventBindPirqFlags.WillShare });
        return ((Errno)(-result), bind.Port);
    }

    public Errno Close(uint port)
        => (Errno)(-guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Close, new EventClose { Port = port }).Result);

    public Errno Reset()
        => (Errno)(-guest.Ask(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset, new EventReset { Domain = DomainIds.Self }).Result);

    /// <summary>A line mapped under its own number and bound.</summary>
    public uint Open(int line)
    {
        Assert.Equal((Errno.None, line), Map(line, line));
        (Errno error, uint port) = Bind((uint)line);
        Assert.Equal(Errno.None, error);
        return port;
    }

    /// <summary>Whether an event of a port waits; it is taken.</summary>
    public bool Take(uint port)
    {
        bool pending = IsPending(port);
        TwoLevelEvents.Clear(ref guest.Domain, port);
        return pending;
    }

    public bool IsPending(uint port) => EventChannels.IsPending(ref guest.Domain, port);

    /// <summary>Gives its page of bits, one of its frames.</summary>
    public Errno GivePage(int frame = 20, bool first = false)
        => Ask(first ? PhysdevCommand.PirqEoiGmfnV1 : PhysdevCommand.PirqEoiGmfnV2,
            new PhysdevPirqEoiGmfn { Frame = guest.Frames[frame].Value }).Error;

    /// <summary>Whether its page says that it must tell the service of an interrupt.</summary>
    public bool MustEnd(uint irq, int frame = 20) => (Arena.Words(guest.Frames[frame])[(int)(irq / 64)] >> (int)(irq % 64) & 1) != 0;

    public void Die()
    {
        guest.Domain.Rights.IsInitial = false;
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.Crash);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
    }

    /// <summary>A device moves its line; the interrupts that follow are taken, and counted.</summary>
    public static int Move(uint line, bool asserted)
    {
        IoApic.Move(line, asserted);
        return TakeAll();
    }

    /// <summary>The processor takes all interrupts that were sent; how many.</summary>
    public static int TakeAll()
    {
        const int storm = 1000;
        int count = 0;
        while (count < storm && IoApic.TryTake(vector => InterruptEntry.Handle(vector, ref TestMachine.Processor)))
            count++;
        return count;
    }

    /// <summary>A line goes up and down.</summary>
    public static int Pulse(uint line) => Move(line, true) + Move(line, false);
}
