using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>event_channel_op with records that can be read. Ports are counted from none, so both hypervisors give the same.</summary>
internal static class EventCalls
{
    private static ReadOnlySpan<ushort> Domains => [0x7ff0, 0, 1, 0x7ff1, 0x7ff2, 0x7ff4, 0xffff];

    private static ReadOnlySpan<uint> Ports => [0, 1, 2, 3, 4, 5, 6, 7, 8, 63, 64, 1023, 4095, 4096, 131071, 131072, 0x7fff_ffff, uint.MaxValue];

    internal static void Run()
    {
        Reset();
        Births();
        OnPorts();
        Reset();
        FifoControl();
        Reset();
    }

    private static void Reset()
    {
        Record.Clear();
        Record.Set16(0, 0x7ff0);
        Answer("reset"u8, 10, 0x7ff0);
    }

    private static void Answer(ReadOnlySpan<byte> name, uint command, ulong argument)
    {
        long answer = Hypercalls.Call(Hypercall.EventChannelOp, command, Record.Address);
        Line.Begin("event_channel"u8);
        Line.Word(name);
        Line.Number(argument);
        Line.End(answer);
    }

    private static void Births()
    {
        foreach (ushort domain in Domains)
        {
            foreach (ushort remote in Domains)
                Unbound(domain, remote);
        }
        foreach (uint virq in (ReadOnlySpan<uint>)[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 23, 24, 255, uint.MaxValue])
        {
            foreach (uint vcpu in (ReadOnlySpan<uint>)[0, 1, 2, 32, 8192, uint.MaxValue])
            {
                Record.Clear();
                Record.Set32(0, virq);
                Record.Set32(4, vcpu);
                Port("bind_virq"u8, 1, (ulong)virq << 32 | vcpu, 8);
            }
        }
        foreach (uint vcpu in (ReadOnlySpan<uint>)[0, 1, 2, 32, 8192, uint.MaxValue])
        {
            Record.Clear();
            Record.Set32(0, vcpu);
            Port("bind_ipi"u8, 7, vcpu, 4);
        }
        foreach (uint pirq in (ReadOnlySpan<uint>)[0, 1, 2, 9, 15, 16, 0x7fff_ffff, uint.MaxValue])
        {
            foreach (uint flags in (ReadOnlySpan<uint>)[0, 1, 2])
            {
                Record.Clear();
                Record.Set32(0, pirq);
                Record.Set32(4, flags);
                Port("bind_pirq"u8, 2, (ulong)pirq << 32 | flags, 8);
            }
        }
        foreach (ushort domain in Domains)
        {
            foreach (uint port in Ports)
            {
                Record.Clear();
                Record.Set16(0, domain);
                Record.Set32(4, port);
                Port("bind_interdomain"u8, 0, (ulong)domain << 32 | port, 8);
            }
        }
    }

    private static void Unbound(ushort domain, ushort remote)
    {
        Record.Clear();
        Record.Set16(0, domain);
        Record.Set16(2, remote);
        Port("alloc_unbound"u8, 6, (ulong)domain << 16 | remote, 4);
    }

    // Makes a port and closes it again, so that the next one's number says nothing of this one's answer.
    private static void Port(ReadOnlySpan<byte> name, uint command, ulong argument, int portOffset)
    {
        long answer = Hypercalls.Call(Hypercall.EventChannelOp, command, Record.Address);
        Line.Begin("event_channel"u8);
        Line.Word(name);
        Line.Number(argument);
        Line.End(answer);
        if (answer != 0)
            return;
        uint port = Record.Get32(portOffset);
        Line.Begin("event_channel"u8);
        Line.Word(name);
        Line.Number(argument);
        Line.Word("port"u8);
        Line.End(port);
        Events.Close(port);
    }

    // One port of each kind: 1 unbound, 2 its loop (3 at the other end), 4 virq, 5 ipi.
    private static void OnPorts()
    {
        long first = Events.AllocateUnbound(1), second = Events.AllocateUnbound(0), third = Events.BindInterdomain(0, (uint)second);
        long virq = Events.BindVirq(Virq.Debug), ipi = Events.BindIpi();
        foreach (long port in (ReadOnlySpan<long>)[first, second, third, virq, ipi])
        {
            Line.Begin("event_channel made"u8);
            Line.End(port);
        }
        foreach (uint command in (ReadOnlySpan<uint>)[4, 9, 13])
        {
            foreach (uint port in Ports)
            {
                Record.Clear();
                Record.Set32(0, port);
                Answer("on port"u8, command, (ulong)command << 32 | port);
            }
        }
        Status();
        BindVcpu();
        foreach (uint port in Ports)
        {
            Record.Clear();
            Record.Set32(0, port);
            Answer("close"u8, 3, port);
        }
    }

    private static void Status()
    {
        foreach (ushort domain in Domains)
        {
            foreach (uint port in Ports)
            {
                Record.Clear();
                Record.Set16(0, domain);
                Record.Set32(4, port);
                Answer("status"u8, 5, (ulong)domain << 32 | port);
                Line.Begin("event_channel status told"u8);
                Line.Number(domain);
                Line.Number(port);
                Line.EndBits(Record.Get64(8));
            }
        }
    }

    private static void BindVcpu()
    {
        foreach (uint port in Ports)
        {
            foreach (uint vcpu in (ReadOnlySpan<uint>)[0, 1, 2, 32, 8192, uint.MaxValue])
            {
                Record.Clear();
                Record.Set32(0, port);
                Record.Set32(4, vcpu);
                Answer("bind_vcpu"u8, 8, (ulong)port << 32 | vcpu);
            }
        }
    }

    // The FIFO form last: there is no way back but the reset.
    private static void FifoControl()
    {
        ulong control = Frames.Take(), array = Frames.Take();
        SetPriority("set_priority two-level"u8, 1, 3);
        Expand("expand_array two-level"u8, Frames.Of(array));
        foreach (uint offset in (ReadOnlySpan<uint>)[0, 1, 4, 8, 4024, 4025, 4032, 4096, uint.MaxValue])
        {
            foreach (uint vcpu in (ReadOnlySpan<uint>)[1, 2, 32, uint.MaxValue, 0])
            {
                foreach (bool own in (ReadOnlySpan<bool>)[false, true])
                {
                    Record.Clear();
                    Record.Set64(0, own ? Frames.Of(control) : 0xb8);
                    Record.Set32(8, offset);
                    Record.Set32(12, vcpu);
                    Answer(own ? "init_control"u8 : "init_control foreign"u8, 11, (ulong)offset << 32 | vcpu);
                }
            }
        }
        foreach (ulong frame in (ReadOnlySpan<ulong>)[0, 0xb8, 0x10_0000_0000, ulong.MaxValue])
            Expand("expand_array"u8, frame);
        Line.Begin("event_channel expand_array own"u8);
        Record.Clear();
        Record.Set64(0, Frames.Of(array));
        Line.End(Hypercalls.Call(Hypercall.EventChannelOp, 12, Record.Address));
        long port = Events.BindIpi();
        foreach (uint priority in (ReadOnlySpan<uint>)[0, 15, 16, uint.MaxValue])
        {
            SetPriority("set_priority"u8, (uint)port, priority);
            SetPriority("set_priority of no port"u8, 77, priority);
        }
    }

    private static void Expand(ReadOnlySpan<byte> name, ulong frame)
    {
        Record.Clear();
        Record.Set64(0, frame);
        Answer(name, 12, name.Length > 12 ? 0 : frame);
    }

    private static void SetPriority(ReadOnlySpan<byte> name, uint port, uint priority)
    {
        Record.Clear();
        Record.Set32(0, port);
        Record.Set32(4, priority);
        Answer(name, 13, (ulong)port << 32 | priority);
    }
}
