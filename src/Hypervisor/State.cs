using Serai.Hypervisor.Control;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor;

/// <summary>
/// The tables that are carved from memory at boot, and what is found out once. Other mutable state is private to one class each: FrameAllocator's
/// free lists, DomainTable's last id, Timers' heap, Placement's set of idle processors, HypervisorConsole's line.
/// </summary>
public static class State
{
    /// <summary>One record for each machine frame up to the highest frame of RAM.</summary>
    public static Table<Frame> Frames;

    /// <summary>The machine-to-physical table, as long as <see cref="Frames"/> or longer.</summary>
    public static Table<ulong> MachineToPhysical;

    /// <summary>Domains by id.</summary>
    public static Table<Link<Domain>> Domains;

    /// <summary>Processors by number.</summary>
    public static Table<Link<ProcessorState>> Processors;

    /// <summary>Frame numbers from here on cannot be addressed by the processor.</summary>
    public static ulong PhysicalFrameLimit;

    /// <summary>What the command line says.</summary>
    public static BootOptions Options;

    /// <summary>The initial domain, or null.</summary>
    public static Link<Domain> InitialDomain;

    /// <summary>
    /// The VirtualCpu whose segments, descriptor tables and floating-point state are in the processor, or null; by processor number.
    /// </summary>
    public static Table<Link<VirtualCpu>> Loaded;

    /// <summary>Who runs on each processor and who waits for it; by processor number, with room for all that there may be.</summary>
    public static Table<ProcessorSchedule> Schedules;

    /// <summary>Real CR0 while guests run.</summary>
    public static ulong HostCr0;
}
