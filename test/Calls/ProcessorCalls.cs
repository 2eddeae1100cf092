using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>Calls that change registers of the virtual CPU: debug registers, bases, stacks, callbacks, assists, timers.</summary>
internal static class ProcessorCalls
{
    private static ReadOnlySpan<ulong> Addresses =>
    [
        0, 1, 0x1000, 0x7fff_ffff_ffff, 0x8000_0000_0000, 0xffff_7fff_ffff_ffff, 0xffff_8000_0000_0000, 0xffff_8300_0000_0000, 0xffff_87ff_ffff_ffff,
        0xffff_8800_0000_0000, 0xffff_8800_0000_0007, 0xffff_ffff_8000_0000, 0x8000_0000_0000_0000, ulong.MaxValue,
    ];

    internal static void Run()
    {
        DebugRegisters();
        SegmentBases();
        Callbacks();
        TrapTables();
        Assists();
        Small();
        ControlRegisters();
        Multiple();
    }

    private static long Debug(ulong register, ulong value)
    {
        long answer = Hypercalls.Call(Hypercall.SetDebugRegister, register, value);
        Line.Begin("set_debugreg"u8);
        Line.Number(register);
        Line.Number(value);
        Line.End(answer);
        return answer;
    }

    private static void ReadDebug(ulong register)
    {
        Line.Begin("get_debugreg"u8);
        Line.Number(register);
        Line.EndBits((ulong)Hypercalls.Call(Hypercall.GetDebugRegister, register));
    }

    private static void DebugRegisters()
    {
        for (ulong register = 0; register < 10; register++)
            ReadDebug(register);
        foreach (ulong register in (ReadOnlySpan<ulong>)[0, 3, 4, 5, 8, 9, 0x7fff_ffff, 0xffff_ffff, 0x1_0000_0000])
        {
            foreach (ulong address in Addresses)
                Debug(register, address);
        }
        for (int bit = 0; bit < 64; bit++)
        {
            Debug(6, 1ul << bit);
            ReadDebug(6);
            Debug(7, 1ul << bit);
            ReadDebug(7);
        }
        foreach (ulong value in (ReadOnlySpan<ulong>)
            [0, uint.MaxValue, ulong.MaxValue, 0xffff_0ff0, 0x400, 0xd_0000, 0x1_0001, 0x2_0001, 0x4_0001, 0x8_0001, 0x3_0002, 0xaaaa_0055, 0x1000,
                0x2000, 0x600])
        {
            Debug(6, value);
            ReadDebug(6);
            Debug(7, value);
            ReadDebug(7);
        }
        foreach (ulong register in (ReadOnlySpan<ulong>)[0, 1, 2, 3, 6, 7, 8, 9, uint.MaxValue])
            ReadDebug(register);
        foreach (ulong register in (ReadOnlySpan<ulong>)[7, 0, 1, 2, 3, 6])
            Hypercalls.Call(Hypercall.SetDebugRegister, register, 0);
    }

    private static void SegmentBases()
    {
        foreach (ulong which in (ReadOnlySpan<ulong>)[0, 1, 2, 4, 5, 0x7fff_ffff, uint.MaxValue, 0x1_0000_0004])
        {
            foreach (ulong address in Addresses)
                SegmentBase(which, address);
        }
        foreach (ulong selector in (ReadOnlySpan<ulong>)[0, 1, 2, 3, 0x13, 0x2b, 0xe02b, 0xe033, 0xe008, 0xe010, 0x7, 0xffff, 0x10000])
            SegmentBase(3, selector);
        for (ulong which = 0; which < 3; which++)
            Hypercalls.Call(Hypercall.SetSegmentBase, which, 0);
    }

    private static void SegmentBase(ulong which, ulong value)
    {
        long answer = Hypercalls.Call(Hypercall.SetSegmentBase, which, value);
        Line.Begin("set_segment_base"u8);
        Line.Number(which);
        Line.Number(value);
        Line.End(answer);
    }

    private static void Callbacks()
    {
        foreach (ushort type in (ReadOnlySpan<ushort>)[0, 1, 2, 3, 4, 5, 6, 7, 8, 0x7fff, 0xffff])
        {
            foreach (ulong address in Addresses)
                Callback(type, 0, address);
            foreach (ushort flags in (ReadOnlySpan<ushort>)[1, 2, 0xffff])
                Callback(type, flags, 0xffff_ffff_8000_0000);
            Record.Clear();
            Record.Set16(0, type);
            long answer = Hypercalls.Call(Hypercall.CallbackOp, 1, Record.Address);
            Line.Begin("callback_op unregister"u8);
            Line.Number(type);
            Line.End(answer);
        }
        foreach (ulong address in Addresses)
        {
            for (int place = 0; place < 3; place++)
            {
                long answer = Hypercalls.Call(Hypercall.SetCallbacks, place == 0 ? address : 0, place == 1 ? address : 0, place == 2 ? address : 0);
                Line.Begin("set_callbacks"u8);
                Line.Number((ulong)place);
                Line.Number(address);
                Line.End(answer);
            }
        }
        Traps.Install();
    }

    private static void Callback(ushort type, ushort flags, ulong address)
    {
        Record.Clear();
        Record.Set16(0, type);
        Record.Set16(2, flags);
        Record.Set64(8, address);
        long answer = Hypercalls.Call(Hypercall.CallbackOp, 0, Record.Address);
        Line.Begin("callback_op register"u8);
        Line.Number(type);
        Line.Number(flags);
        Line.Number(address);
        Line.End(answer);
    }

    private static void TrapTables()
    {
        foreach (ulong address in Addresses)
        {
            foreach (ushort selector in (ReadOnlySpan<ushort>)[0, 0xe033, 0xe02b, 0xffff])
            {
                Record.Clear();
                Record.Set32(0, 0x30u | (uint)selector << 16);
                Record.Set64(8, address);
                long answer = Hypercalls.Call(Hypercall.SetTrapTable, Record.Address);
                Line.Begin("set_trap_table"u8);
                Line.Number(selector);
                Line.Number(address);
                Line.End(answer);
            }
        }
        Traps.Install();
    }

    private static void Assists()
    {
        foreach (ulong type in (ReadOnlySpan<ulong>)[0, 1, 2, 3, 4, 5, 6, 7, 8, 30, 31, 32, 33, 63, 64, 0x7fff_ffff, uint.MaxValue, 0x1_0000_0000])
        {
            foreach (ulong command in (ReadOnlySpan<ulong>)[0, 1, 2, 3, 0x7fff_ffff, uint.MaxValue, 0x1_0000_0000])
            {
                long answer = Hypercalls.Call(Hypercall.VmAssist, command, type);
                Line.Begin("vm_assist"u8);
                Line.Number(command);
                Line.Number(type);
                Line.End(answer);
            }
            Hypercalls.Call(Hypercall.VmAssist, 1, type);
        }
    }

    private static void Small()
    {
        foreach (ulong address in Addresses)
        {
            foreach (ulong selector in (ReadOnlySpan<ulong>)[0, 0xe02b, 0xffff])
            {
                long answer = Hypercalls.Call(Hypercall.StackSwitch, selector, address);
                Line.Begin("stack_switch"u8);
                Line.Number(selector);
                Line.Number(address);
                Line.End(answer);
            }
        }
        foreach (ulong value in (ReadOnlySpan<ulong>)[1, ulong.MaxValue, 0x1_0000_0000, 0])
        {
            long answer = Hypercalls.Call(Hypercall.FpuTaskSwitch, value);
            Line.Begin("fpu_taskswitch"u8);
            Line.Number(value);
            Line.End(answer);
        }
        Hypercalls.Call(Hypercall.FpuTaskSwitch, 0);
        // A moment that has passed raises an event that nobody is bound to.
        foreach (ulong moment in (ReadOnlySpan<ulong>)[1, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue, 0])
        {
            long answer = Hypercalls.Call(Hypercall.SetTimerOp, moment);
            Line.Begin("set_timer_op"u8);
            Line.Number(moment);
            Line.End(answer);
        }
    }

    // Not calls, but what a kernel does by itself: what it may change in CR4, and whether it sees what it asked for.
    private static void ControlRegisters()
    {
        for (int bit = 0; bit < 24; bit++)
        {
            // mov cr4, rdi; mov rax, cr4; ret
            bool ran = Probe.Code([0x0f, 0x22, 0xe7, 0x0f, 0x20, 0xe0, 0xc3], 0x620 | 1ul << bit, 0, out ulong value);
            Line.Begin("cr4 bit"u8);
            Line.Number((ulong)bit);
            Line.EndBits(ran ? value >> bit & 1 : 0xbad);
        }
        Probe.Code([0x0f, 0x22, 0xe7, 0xc3], 0x620);
    }

    // FSGSBASE: CR4 has it when the guest asks, and the four instructions do what they say.
    private static void Multiple()
    {
        // mov cr4, rdi; wrfsbase rsi; rdfsbase rax; ret
        bool ran = Probe.Code(
            [0x0f, 0x22, 0xe7, 0xf3, 0x48, 0x0f, 0xae, 0xd6, 0xf3, 0x48, 0x0f, 0xae, 0xc0, 0xc3], 0x1_0620, 0x1234_5678, out ulong value);
        Line.Begin("cr4 fsgsbase, wrfsbase, rdfsbase"u8);
        Line.EndBits(ran ? value : 0xbad);
        // mov cr4, rdi; rdfsbase rax; ret
        ran = Probe.Code([0x0f, 0x22, 0xe7, 0xf3, 0x48, 0x0f, 0xae, 0xc0, 0xc3], 0x620, 0, out value);
        Line.Begin("cr4 without fsgsbase, rdfsbase"u8);
        Line.EndBits(ran ? value : Traps.Last.Vector);
        Hypercalls.Call(Hypercall.SetSegmentBase, 0, 0);
    }
}
