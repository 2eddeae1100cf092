using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Time;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// Holds back a module's domain that reboots again and again soon after its start. Each life costs the machine a kernel unpacked, a teardown and an
/// id; the neighbours would pay for that, and ids would come round soon. A few such lives in a row are free, as for a guest that updates itself;
/// then the next one waits a second, the one after that twice as long, up to a minute. A life that is long enough forgets all that.
/// </summary>
public static class RebootLimit
{
    private const ulong Second = 1_000_000_000;

    /// <summary>A life shorter than this is a quick one; so many in a row are free; the longest wait.</summary>
    public const ulong QuickLife = 10 * Second, LongestWait = 60 * Second;

    /// <inheritdoc cref="QuickLife"/>
    public const uint FreeReboots = 5;

    /// <summary>How often a domain that has died has now rebooted soon after its start, without a longer life in between.</summary>
    public static uint CountOf(in Domain domain)
        => Reboots(domain) && domain.Teardown.Since < domain.Origin.Since + QuickLife ? domain.Origin.QuickReboots + 1 : 0;

    private static bool Reboots(in Domain domain) => domain.ShutdownReason == ShutdownReason.Reboot && domain.Origin.Module >= 0;

    /// <summary>How long the next life waits after so many quick ones, in nanoseconds.</summary>
    public static ulong WaitAfter(uint quickReboots)
    {
        const int mostDoublings = 6;
        if (quickReboots <= FreeReboots)
            return 0;
        uint doublings = quickReboots - FreeReboots - 1;
        return doublings < mostDoublings ? Second << (int)doublings : LongestWait;
    }

    /// <summary>
    /// Begins to hold back a domain of which nothing is left but its records, where it must wait; the teardown is called again when its time has
    /// come. A timer of its own sees to that: nobody else uses its virtual CPUs' any more.
    /// </summary>
    internal static bool HoldsBack(ref Domain domain)
    {
        ulong wait = domain.Teardown.Phase == TeardownPhase.HeldBack ? 0 : WaitAfter(CountOf(domain));
        if (wait == 0)
            return false;
        ulong now = SystemTime.Now;
        domain.Teardown.Phase = TeardownPhase.HeldBack;
        domain.Teardown.HeldUntil = now + wait;
        Log.Always().Text("domain "u8).Name(domain).Text(": reboots again and again; its next life is held back for "u8).Number(wait / Second)
            .Text(" s"u8).End();
        ref VirtualCpu vcpu = ref domain.Vcpu(0);
        Timers.Set(ref vcpu, TimerKind.Poll, domain.Teardown.HeldUntil);
        ProcessorTimer.Changed(ref vcpu, now);
        return true;
    }
}
