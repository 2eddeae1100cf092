using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>Every sub-operation up to and beyond the last, with its record at every edge.</summary>
internal static class Sweeps
{
    internal static void Run()
    {
        Absent();
        Commands("xen_version"u8, Hypercall.XenVersion, 12);
        Commands("memory_op"u8, Hypercall.MemoryOp, 30);
        Commands("callback_op"u8, Hypercall.CallbackOp, 3);
        Commands("physdev_op"u8, Hypercall.PhysdevOp, 33);
        Commands("event_channel_op"u8, Hypercall.EventChannelOp, 16);
        Scheduling();
        Grants();
        VirtualCpus();
        Pointers("set_trap_table"u8, Hypercall.SetTrapTable);
        Pointers("platform_op"u8, Hypercall.PlatformOp);
        Counted("set_gdt"u8, Hypercall.SetGdt);
        Counted("mmu_update"u8, Hypercall.MmuUpdate);
        Counted("mmuext_op"u8, Hypercall.MmuExtendedOp);
        Counted("multicall"u8, Hypercall.Multicall);
        Console();
        Traps.Install();
    }

    // Numbers without a call, and calls that one of the two does not have. 23, iret, is in BatchCalls; 37 would start another kernel.
    private static void Absent()
    {
        foreach (uint number in (ReadOnlySpan<uint>)
            [6, 11, 16, 19, 27, 28, 31, 34, 35, 36, 38, 39, 40, 41, 42, 43, 47, 48, 49, 55, 56, 63, 64, 255, 0x7fff_ffff, uint.MaxValue])
        {
            Line.Begin("number"u8);
            Line.Number(number);
            Line.End(Hypercalls.Call((Hypercall)number, 0x7777, 0, 0, 0, 0));
        }
    }

    private static void Commands(ReadOnlySpan<byte> name, Hypercall call, uint end)
    {
        for (uint command = 0; command < end; command++)
            Command(name, call, command);
        foreach (uint command in (ReadOnlySpan<uint>)[63, 64, 0x80, 0x7fff_ffff, 0x8000_0000, uint.MaxValue])
            Command(name, call, command);
        Traps.Install();
    }

    private static void Command(ReadOnlySpan<byte> name, Hypercall call, uint command)
    {
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            Edge.Refill();
            long answer = Hypercalls.Call(call, command, Edge.Address(edge));
            Line.Begin(name);
            Line.Number(command);
            Line.Word(Edge.Name(edge));
            Line.EndRough(answer);
        }
    }

    // Left out: block (1), which sleeps until an event, and shutdown (2), poll (3), remote_shutdown (4) and watchdog (6) with a record that
    // can be read: they would end or hang the domain.
    private static void Scheduling()
    {
        foreach (uint command in (ReadOnlySpan<uint>)[0, 2, 3, 4, 5, 6, 7, 8, 9, 64, uint.MaxValue])
        {
            for (int edge = 0; edge < Edge.Count; edge++)
            {
                if (command is 2 or 3 or 4 or 6 && Edge.IsReadable(edge))
                    continue;
                Edge.Refill();
                long answer = Hypercalls.Call(Hypercall.SchedOp, command, Edge.Address(edge));
                Line.Begin("sched_op"u8);
                Line.Number(command);
                Line.Word(Edge.Name(edge));
                Line.End(answer);
            }
        }
    }

    private static void Grants()
    {
        for (uint command = 0; command < 15; command++)
        {
            for (int edge = 0; edge < Edge.Count; edge++)
            {
                foreach (uint count in (ReadOnlySpan<uint>)[0, 1, 2])
                    Grant(command, edge, count);
            }
        }
        foreach (uint command in (ReadOnlySpan<uint>)[64, 0x7fff_ffff, uint.MaxValue])
            Grant(command, 0, 0);
    }

    private static void Grant(uint command, int edge, uint count)
    {
        Edge.Refill();
        long answer = Hypercalls.Call(Hypercall.GrantTableOp, command, Edge.Address(edge), count);
        Line.Begin("grant_table_op"u8);
        Line.Number(command);
        Line.Word(Edge.Name(edge));
        Line.Number(count);
        Line.End(answer);
    }

    // Left out of virtual CPU 0: down (2), which would end the domain, and send_nmi (11), whose handler would end it.
    private static void VirtualCpus()
    {
        foreach (uint vcpu in (ReadOnlySpan<uint>)[0, 1, 2, 31, 32, 8191, 8192, uint.MaxValue])
        {
            foreach (uint command in (ReadOnlySpan<uint>)[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 64, uint.MaxValue])
            {
                for (int edge = 0; edge < Edge.Count; edge++)
                {
                    if (vcpu == 0 && command is 2 or 11)
                        continue;
                    Edge.Refill();
                    long answer = Hypercalls.Call(Hypercall.VcpuOp, command, vcpu, Edge.Address(edge));
                    Line.Begin("vcpu_op"u8);
                    Line.Number(command);
                    Line.Number(vcpu);
                    Line.Word(Edge.Name(edge));
                    Line.End(answer);
                    // Of a virtual CPU that is not there, one record is as good as another.
                    if (vcpu > 1 && edge == 0)
                        edge = Edge.Count - 3;
                }
            }
        }
    }

    private static void Pointers(ReadOnlySpan<byte> name, Hypercall call)
    {
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            Edge.Refill();
            long answer = Hypercalls.Call(call, Edge.Address(edge));
            Traps.Install();
            Line.Begin(name);
            Line.Word(Edge.Name(edge));
            Line.End(answer);
        }
    }

    private static void Counted(ReadOnlySpan<byte> name, Hypercall call)
    {
        for (int edge = 0; edge < Edge.Count; edge++)
        {
            foreach (uint count in (ReadOnlySpan<uint>)[0, 1, 2, 512, 513, 7168, 7169, 0x7fff_ffff])
            {
                Edge.Refill();
                long answer = Hypercalls.Call(call, Edge.Address(edge), count, 0, DomainIds.Self);
                Line.Begin(name);
                Line.Word(Edge.Name(edge));
                Line.Number(count);
                Line.End(answer);
                // Zeros are calls of number 0 with null, which clears the trap table.
                Traps.Install();
                // The record is at fault, not the number.
                if (edge < Edge.Count - 3 && count == 1)
                    break;
            }
        }
    }

    // What can be read is not written: it would be on the console.
    private static void Console()
    {
        foreach (uint command in (ReadOnlySpan<uint>)[0, 1, 2, 3, uint.MaxValue])
        {
            foreach (uint count in (ReadOnlySpan<uint>)[0, 1, 4096, 0x7fff_ffff, uint.MaxValue])
            {
                for (int edge = 0; edge < Edge.Count - 3; edge++)
                {
                    long answer = Hypercalls.Call(Hypercall.ConsoleIo, command, count, Edge.Address(edge));
                    Line.Begin("console_io"u8);
                    Line.Number(command);
                    Line.Number(count);
                    Line.Word(Edge.Name(edge));
                    Line.End(answer);
                }
            }
        }
    }
}
