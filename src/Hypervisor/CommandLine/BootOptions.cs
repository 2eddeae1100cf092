using System;

using Serai.Machine.Processor;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// What the hypervisor was told on its command line: Xen's own options, where the meaning is the same (Xen's xen-command-line
/// document).
/// </summary>
public struct BootOptions
{
    /// <summary>What this machine's hypervisor was told; set once, at boot.</summary>
    public static ref BootOptions Chosen => ref CommandLineState.Now.BootOptionsChosen;

    /// <summary>dom0_mem=: the initial domain's memory.</summary>
    public InitialDomainMemory Dom0Memory;

    /// <summary>dom0_max_vcpus=: how many virtual CPUs the initial domain has.</summary>
    public VcpuRange Dom0MaxVcpus;

    /// <summary>dom0_vcpus_pin: each virtual CPU of the initial domain's runs on the processor of its number.</summary>
    public bool Dom0VcpusPin;

    /// <summary>maxcpus=: the processors to bring up at most; 0: all.</summary>
    public uint MaxCpus;

    /// <summary>com1=: the serial port's setting.</summary>
    public SerialOptions Com1;

    /// <summary>The first of the eight I/O ports of the console's serial port; 0 where the console has none.</summary>
    public readonly uint SerialBase => (Console & ConsoleDevices.Com1) != 0 ? Com1.IoBase : 0;

    /// <summary>console=: the devices the hypervisor's console uses.</summary>
    public ConsoleDevices Console;

    /// <summary>loglvl=: which of the hypervisor's own messages are printed.</summary>
    public LogThreshold Log;

    /// <summary>guest_loglvl=: which messages about what guests do are printed; a guest must not be able to flood the console.</summary>
    public LogThreshold GuestLog;

    /// <summary>noreboot: after a panic, or an end of the initial domain's that nobody asked for, the machine stops instead of restarting.</summary>
    public bool NoReboot;

    /// <summary>smap=: whether SMAP is turned on where the processor has it.</summary>
    public bool Smap;

    /// <summary>xpti=: whether the tables of guests are split from the hypervisor's.</summary>
    public Defence Split;

    /// <summary>pv-l1tf=: whether entries that are not present and name RAM are refused.</summary>
    public Defence AbsentEntries;

    /// <summary>x2apic: the local APICs are brought into x2APIC mode, where the processor has it.</summary>
    public bool X2Apic;

    /// <summary>sched=: the scheduler's policy.</summary>
    public PolicyName Scheduler;

    /// <summary>sched_ratelimit_us=: how long one runs at least before another of equal claim takes its place, in microseconds.</summary>
    public uint SwitchMicroseconds;

    /// <summary>What sched_ratelimit_us= may be.</summary>
    public const uint LeastSwitchMicroseconds = 100, MostSwitchMicroseconds = 500_000;

    /// <summary>What holds when nothing is said, as in Xen: both consoles, warnings printed, those about guests at a limited rate.</summary>
    public static BootOptions Default => new()
    {
        Com1 = SerialOptions.Default,
        Dom0MaxVcpus = new VcpuRange { Most = uint.MaxValue },
        Smap = true,
        SwitchMicroseconds = 1000,
        Console = ConsoleDevices.Com1 | ConsoleDevices.Vga,
        Log = new LogThreshold { Always = LogLevel.Warning, Limited = LogLevel.Warning },
        GuestLog = new LogThreshold { Always = LogLevel.None, Limited = LogLevel.Warning },
    };
}
