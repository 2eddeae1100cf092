using System;

using Serai.Hypervisor.Console;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>The hypervisor's own console: one key, one command, like Xen's debug keys.</summary>
public static class DebugKeys
{
    /// <summary>Does what a key stands for.</summary>
    public static void Press(byte key)
    {
        LockWatch.Note(LockUse.Report);
        switch (key)
        {
            case (byte)'h' or (byte)'?': Help(); break;
            case (byte)'n': DomainReport.WriteCounts(); break;
            case (byte)'q': Reports.Begin(Report.Domains); break;
            case (byte)'m': Reports.Begin(Report.Memory); break;
            case (byte)'t': Reports.Begin(Report.Types); break;
            case (byte)'e': Reports.Begin(Report.Events); break;
            case (byte)'g': Reports.Begin(Report.Grants); break;
            case (byte)'x': ExitTrace.Press(); break;
            case (byte)'r': ScheduleReport.Write(); break;
            case (byte)'l': LockReport.Write(); break;
            case (byte)'w': InvariantWalk.Report(); break;
            case (byte)'\r' or (byte)'\n': break;
            default: Log.Always().Text("no such command; h for help"u8).End(); break;
        }
    }

    private static void Help()
    {
        Line("h  this help"u8);
        Line("n  how many domains there are, live and have run lately, and the hypervisor's own memory for each"u8);
        Line("q  domains and their virtual processors"u8);
        Line("m  memory: free, cleared, by domain"u8);
        Line("t  frame types by domain; guests wait for each"u8);
        Line("e  event channels by domain"u8);
        Line("g  grants by domain"u8);
        Line("x  keep the exits of guests; again: show the last ones of each processor"u8);
        Line("r  run queues of the processors with virtual times, and timers"u8);
        Line("l  how long the lock was held and waited for, at most and in all, in a checked image"u8);
        Line("w  recount every frame's references and types and compare; all guests wait"u8);
        Line("C  crash the hypervisor on purpose, to see what a panic tells; asks for a second key"u8);
        Line("R  restart the machine; asks for a second key"u8);
        Line("P  power the machine off; asks for a second key"u8);
        Line("Nk  give the keyboard to the domain of id N"u8);
        Line("Ctrl-]  give the keyboard to the next domain, Ctrl-^  to the hypervisor"u8);
    }

    private static void Line(ReadOnlySpan<byte> text) => Log.Always().Text(text).End();
}
