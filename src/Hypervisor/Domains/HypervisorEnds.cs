using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>The ends of event channels whose other end is the hypervisor: those of the console ring, and of the xenstore ring.</summary>
public static class HypervisorEnds
{
    /// <summary>
    /// Holds the console and xenstore rings as writable for as long as the domain lives, and makes the ends for them. Errors: Inval for frames that
    /// cannot be written, else as for the ends; what has been taken until then stays.
    /// </summary>
    public static Errno Take(ref Domain domain, Mfn console, Mfn store)
    {
        if (!TryHold(ref domain, console, out domain.Console.Frame) || !TryHold(ref domain, store, out domain.Store.Frame))
            return Errno.Inval;
        Errno error = EventChannels.AllocateUnbound(ref domain, DomainIds.Xen, hypervisor: true, out domain.Store.Port);
        return error == Errno.None ? EventChannels.AllocateUnbound(ref domain, DomainIds.Xen, hypervisor: true, out domain.Console.Port) : error;
    }

    private static bool TryHold(ref Domain domain, Mfn ring, out Mfn held)
    {
        bool done = TypedReferences.Get(ring, FrameType.Writable, domain.Id, ref domain) == Errno.None;
        held = done ? ring : default;
        return done;
    }

    /// <summary>Lets the rings go, the last words in them said, and the keyboard.</summary>
    public static bool TryRelease(ref Domain domain)
    {
        GuestConsole.ShowLastWords(ref domain);
        KeyboardFocus.Forget(ref domain);
        TypedReferences.PutHeld(ref domain.Console.Frame);
        TypedReferences.PutHeld(ref domain.Store.Frame);
        return true;
    }

    /// <summary>What EVTCHNOP_send does. Errors: Inval for an end that nothing can be sent through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Errno Send(ref Domain domain, uint port)
    {
        Errno error = EventChannels.Send(ref domain, port);
        return error == Errno.None ? error : Serve(ref domain, port);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Errno Serve(ref Domain domain, uint port)
    {
        if (!EventChannels.IsOpen(ref domain, port) || !domain.Events.At(port).IsHypervisor)
            return Errno.Inval;
        if (port != domain.Store.Port)
            GuestConsole.Drain(ref domain);
        else if (AbsentXenstore.Answer(ref domain))
            EventChannels.Raise(ref domain, port);
        return Errno.None;
    }
}
