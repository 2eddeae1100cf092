using System;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// From running to shut down, and from there to being taken apart. A domain made from a boot module has no toolstack, so the hypervisor itself takes
/// it apart at once, or starts it again; one that suspends has nobody to wake it and ends too. One that somebody else keeps stays shut down, with all
/// its memory, until its keeper has it destroyed.
/// </summary>
public static class DomainLife
{
    /// <summary>Lets a built domain run.</summary>
    public static void Start(ref Domain domain)
    {
        domain.Stage = DomainStage.Alive;
        domain.Origin.Since = SystemTime.Now;
        Scheduler.Resume(ref domain.Vcpu(0), PauseReasons.Down);
    }

    /// <summary>Shuts a domain down for a reason; one that is not running stays as it is. Errors: Inval for a reason there is not.</summary>
    public static Errno ShutDown(ref Domain domain, ShutdownReason reason)
    {
        if (reason > ShutdownReason.Max)
            return Errno.Inval;
        if (domain.Stage != DomainStage.Alive)
            return Errno.None;
        domain.Stage = DomainStage.ShutDown;
        domain.ShutdownReason = reason;
        Stops.Begin(ref domain);
        GuestConsole.ShowLastWords(ref domain);
        Log.Always().Text("domain "u8).Name(domain).Text(": "u8).Text(TextOf(reason)).End();
        if (domain.Rights.IsInitial)
            MachineEnd.Follow(reason);
        else if (domain.Keeper == DomainKeeper.Hypervisor)
            Destroy(ref domain);
        VirtualInterrupts.RaiseGlobal(Virq.DomainException);
        return Errno.None;
    }

    /// <summary>Begins to take apart a domain that is built, whether it has shut down or not; what is being taken apart goes on.</summary>
    public static void Destroy(ref Domain domain)
    {
        if (!domain.IsThere)
            return;
        if (domain.Stage == DomainStage.Alive)
            Stops.Begin(ref domain);
        Teardown.Begin(ref domain);
    }

    private static ReadOnlySpan<byte> TextOf(ShutdownReason reason) => reason switch
    {
        ShutdownReason.PowerOff => "has powered off"u8,
        ShutdownReason.Reboot => "reboots"u8,
        ShutdownReason.Suspend => "has suspended"u8,
        ShutdownReason.Crash => "has crashed"u8,
        ShutdownReason.Watchdog => "was stopped by its watchdog"u8,
        _ => "asks for a soft reset"u8,
    };
}
