using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// SCHEDOP_watchdog: a domain whose watchdog is not wound up again in time is shut down, even where it can do nothing for itself any more. Its
/// first virtual CPU keeps a timer for the one that ends first, and heard or not, it fires.
/// </summary>
public static class Watchdogs
{
    private const ulong Second = 1_000_000_000;

    /// <summary>
    /// Sets up a new one (id 0) and returns its id from 1 on, winds up one that there is, or lets it go (0 seconds). A new one of 0 seconds has run
    /// out at once, as in Xen. Errors: Inval for one that is not in use, NoSpc.
    /// </summary>
    internal static long Set(ref Domain domain, in SchedWatchdog request)
    {
        ref DomainWatchdogs.Deadlines ends = ref domain.Watchdogs.Ends;
        uint id = request.Id != 0 ? request.Id : FreeOf(ends);
        if (id > DomainWatchdogs.Most)
            return CallResult.Error(request.Id != 0 ? Errno.Inval : Errno.NoSpc);
        ref ulong end = ref ends[(int)id - 1];
        if (request.Id != 0 && end == 0)
            return CallResult.Error(Errno.Inval);
        ulong now = SystemTime.Now;
        end = request.Id != 0 && request.Timeout == 0 ? 0 : now + request.Timeout * Second;
        Arm(ref domain, now);
        return request.Id != 0 ? 0 : id;
    }

    /// <summary>The id of one that is not in use; one too many where there is none.</summary>
    private static uint FreeOf(in DomainWatchdogs.Deadlines ends)
    {
        uint id = 1;
        while (id <= DomainWatchdogs.Most && ends[(int)id - 1] != 0)
            id++;
        return id;
    }

    private static void Arm(ref Domain domain, ulong now)
    {
        ref VirtualCpu vcpu = ref domain.Vcpu(0);
        ulong first = EarliestOf(domain);
        if (first == Timers.Stopped)
        {
            Timers.Stop(ref vcpu, TimerKind.Watchdog);
            return;
        }
        Timers.Set(ref vcpu, TimerKind.Watchdog, first);
        ProcessorTimer.Changed(ref vcpu, now);
    }

    private static ulong EarliestOf(in Domain domain)
    {
        ulong first = Timers.Stopped;
        for (int index = 0; index < DomainWatchdogs.Most; index++)
        {
            ulong end = domain.Watchdogs.Ends[index];
            first = end != 0 && end < first ? end : first;
        }
        return first;
    }

    /// <summary>
    /// Shuts down the domain whose watchdog has run out, if there is one, at its own cost; the initial domain takes the machine with it.
    /// </summary>
    public static void ShutDown(ref ProcessorState processor)
    {
        if (!TimerEvents.TryTakeWatchdog(out Link<Domain> domain) || EarliestOf(domain.Value) > SystemTime.Now)
            return;
        ulong begun = Account.Begin(ref processor);
        DomainLife.ShutDown(ref domain.Value, ShutdownReason.Watchdog);
        Account.End(ref processor, begun, ref domain.Value);
    }
}
