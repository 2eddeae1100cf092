using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// Domains stopped from outside, and when they are known to be.
///
/// Theory. To stop a domain is a request: each processor that runs one of its virtual CPUs is told, and until that processor has looked at its work
/// the guest goes on: in ring 3, on the fast paths of Entry.S that take no lock, or waiting for the lock with a call in its registers. So two rules
/// hold together. Whoever gets the lock for a virtual CPU whose domain is stopped does nothing for it and leaves (<see
/// cref="VirtualCpu.MustLeave"/>, asked where guests enter). And whoever wants to take anything from a domain, or to change what belongs to another
/// virtual CPU, first asks whether it is out; while it is not, the work is done later. Out means that no other processor runs it: what a processor
/// does between guests it does after it has left, and by then the virtual CPU's state is in its record and nowhere else.
/// </summary>
public static class Stops
{
    /// <summary>Stops a domain. Its virtual CPUs are out once <see cref="IsOut(ref Domain)"/> says so.</summary>
    public static void Begin(ref Domain domain)
    {
        domain.PauseCount++;
        for (uint number = 0; number < domain.VcpuCount; number++)
            Scheduler.Pause(ref domain.Vcpu(number), PauseReasons.Domain);
    }

    /// <summary>Whether a domain is stopped and every one of its virtual CPUs is out: it may be changed, or taken from.</summary>
    public static bool IsOut(ref Domain domain)
    {
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            ref VirtualCpu vcpu = ref domain.Vcpu(number);
            if (!vcpu.MustLeave || !IsOut(ref vcpu))
                return false;
        }
        return true;
    }

    /// <summary>Whether a virtual CPU that has a reason to pause is out.</summary>
    public static bool IsOut(ref VirtualCpu vcpu) => !vcpu.IsRunnable && !Scheduler.IsRunningElsewhere(ref vcpu);
}
