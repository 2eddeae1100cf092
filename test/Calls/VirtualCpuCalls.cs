using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>vcpu_op and sched_op with records that can be read, most of them for the second virtual CPU, which never runs.</summary>
internal static class VirtualCpuCalls
{
    internal static void Run()
    {
        Timers();
        Records();
        VcpuInfos();
        Contexts();
        Scheduling();
    }

    private static void Told(ReadOnlySpan<byte> name, uint command, uint vcpu, ulong first, ulong second)
    {
        long answer = Hypercalls.Call(Hypercall.VcpuOp, command, vcpu, Record.Address);
        Line.Begin("vcpu_op"u8);
        Line.Word(name);
        Line.Number(vcpu);
        Line.Number(first);
        Line.Number(second);
        Line.End(answer);
    }

    // Nobody is bound to the timer's event.
    private static void Timers()
    {
        foreach (ulong time in (ReadOnlySpan<ulong>)
            [0, 1, 999_999, 1_000_000, 1_000_000_000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue])
        {
            foreach (uint vcpu in (ReadOnlySpan<uint>)[0, 1, 2])
            {
                Record.Clear();
                Record.Set64(0, time);
                Told("set_periodic"u8, 6, vcpu, time, 0);
                Hypercalls.Call(Hypercall.VcpuOp, 7, vcpu);
                foreach (uint flags in (ReadOnlySpan<uint>)[0, 1, 2, uint.MaxValue])
                {
                    Record.Clear();
                    Record.Set64(0, time);
                    Record.Set32(8, flags);
                    Told("set_singleshot"u8, 8, vcpu, time, flags);
                    Hypercalls.Call(Hypercall.VcpuOp, 9, vcpu);
                }
            }
        }
    }

    private static void Records()
    {
        foreach (uint command in (ReadOnlySpan<uint>)[5, 13])
        {
            foreach (uint vcpu in (ReadOnlySpan<uint>)[0, 1, 2])
            {
                for (int edge = 0; edge < Edge.Count; edge++)
                {
                    Record.Clear();
                    Record.Set64(0, Edge.Address(edge));
                    long answer = Hypercalls.Call(Hypercall.VcpuOp, command, vcpu, Record.Address);
                    Line.Begin("vcpu_op area"u8);
                    Line.Number(command);
                    Line.Number(vcpu);
                    Line.Word(Edge.Name(edge));
                    Line.End(answer);
                }
                Record.Clear();
                Hypercalls.Call(Hypercall.VcpuOp, command, vcpu, Record.Address);
            }
        }
    }

    private static void VcpuInfos()
    {
        ulong page = Frames.Take();
        foreach (uint offset in (ReadOnlySpan<uint>)[1, 4, 4033, 4032 + 8, 4096, uint.MaxValue])
        {
            foreach (ulong frame in (ReadOnlySpan<ulong>)[0, 0xb8, 0x10_0000_0000, ulong.MaxValue])
            {
                Record.Clear();
                Record.Set64(0, frame);
                Record.Set32(8, offset);
                Told("register_vcpu_info"u8, 10, 1, frame, offset);
            }
            Own("register_vcpu_info own page"u8, page, offset);
        }
        Own("register_vcpu_info own page"u8, page, 4032);
        Own("register_vcpu_info again"u8, page, 0);
    }

    private static void Own(ReadOnlySpan<byte> name, ulong page, uint offset)
    {
        Record.Clear();
        Record.Set64(0, Frames.Of(page));
        Record.Set32(8, offset);
        Told(name, 10, 1, 0, offset);
    }

    // Contexts that are refused, then one that is taken, which the second virtual CPU has from then on; it is not brought up.
    private static void Contexts()
    {
        ulong context = Frames.Take();
        Frames.Take();
        const int flags = 512, registers = 520, trapTable = 720;
        foreach (int kind in (ReadOnlySpan<int>)[0, 1, 2, 3, 4, 5, 6])
        {
            Frames.Words(context).Clear();
            Frames.Words(context + 4096).Clear();
            Span<ulong> words = Frames.Words(context);
            words[flags / 8] = 4;
            words[(registers + 128) / 8] = kind == 1 ? 0x8000_0000_0000ul : 0xffff_ffff_8000_0000;
            words[(registers + 136) / 8] = 0xe033;
            words[(registers + 160) / 8] = 0xe02b;
            if (kind == 2)
                words[(trapTable / 8) + 1] = 0x8000_0000_0000;
            ulong root = kind switch
            {
                3 => 0,
                4 => 0x10_0000_0000ul,
                5 => Frames.Of(Edge.Zeros) << 12,
                _ => Frames.Of(Guest.StartInfo.PageTableBase) << 12,
            };
            SetRoot(context, root);
            long answer = Hypercalls.Call(Hypercall.VcpuOp, 0, 1, context);
            Line.Begin("vcpu_op initialise kind"u8);
            Line.Number((ulong)kind);
            Line.End(answer);
            if (answer == 0)
                break;
        }
        foreach (uint command in (ReadOnlySpan<uint>)[3, 2, 7, 9])
            Told("after initialise"u8, command, 1, command, 0);
    }

    // Where ctrlreg[3] lies in vcpu_guest_context.
    private static void SetRoot(ulong context, ulong root)
    {
        const int control3 = 5008 / 8;
        Frames.Words(context + 4096)[control3 - 512] = root;
    }

    private static void Scheduling()
    {
        foreach (ulong vcpus in (ReadOnlySpan<ulong>)[129, 0x7fff_ffff, uint.MaxValue])
            Poll(vcpus, 1);
        Poll(0, 1);
        foreach (ulong port in (ReadOnlySpan<ulong>)[0, 1, 4095, 4096, 131072, uint.MaxValue])
        {
            Record.Clear();
            Record.Set32(64, (uint)port);
            Record.Set64(0, Record.Address + 64);
            Record.Set32(8, 1);
            Record.Set64(16, 1);
            Line.Begin("sched_op poll of port"u8);
            Line.Number(port);
            Line.End(Hypercalls.Call(Hypercall.SchedOp, 3, Record.Address));
        }
        // Left out: 0, which is the guest itself.
        foreach (ushort domain in (ReadOnlySpan<ushort>)[1, 0x7ff0, 0x7ff1, 0xffff])
        {
            Record.Clear();
            Record.Set16(0, domain);
            Line.Begin("sched_op remote_shutdown"u8);
            Line.Number(domain);
            Line.End(Hypercalls.Call(Hypercall.SchedOp, 4, Record.Address));
        }
        foreach (uint processor in (ReadOnlySpan<uint>)[0, 1, 64, 8192, 0x7fff_ffff, 0x8000_0000, uint.MaxValue])
        {
            Record.Clear();
            Record.Set32(0, processor);
            Line.Begin("sched_op pin_override"u8);
            Line.Number(processor);
            Line.End(Hypercalls.Call(Hypercall.SchedOp, 7, Record.Address));
        }
    }

    private static void Poll(ulong count, ulong moment)
    {
        Record.Clear();
        Record.Set64(0, Edge.Unmapped);
        Record.Set32(8, (uint)count);
        Record.Set64(16, moment);
        Line.Begin("sched_op poll of"u8);
        Line.Number(count);
        Line.End(Hypercalls.Call(Hypercall.SchedOp, 3, Record.Address));
    }
}
