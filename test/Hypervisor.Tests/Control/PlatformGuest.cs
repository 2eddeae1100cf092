using Serai.Abi;
using Serai.Hypervisor.Tests.Machine;

namespace Serai.Hypervisor.Tests.Control;

/// <summary>The initial domain as one that runs the machine: its platform_op.</summary>
internal static class PlatformGuest
{
    /// <summary>Where records lie, and what they point to.</summary>
    public static readonly ulong Place = TinyGuest.AddressOf(12), Area = TinyGuest.AddressOf(13);

    /// <summary>Where nothing may be written.</summary>
    public static readonly ulong Protected = TinyGuest.AddressOf(2);

    /// <summary>Where nothing is.</summary>
    public static readonly ulong Nowhere = TinyGuest.AddressOf(100);

    /// <summary>Asks with a record of the right version, and returns it as it is then.</summary>
    public static (long Result, PlatformOperation Record) Platform(this TinyGuest guest, PlatformCommand command, PlatformOperation record = default)
    {
        record.Command = command;
        record.InterfaceVersion = PlatformInterface.Version;
        TinyGuest.Store(Place, record);
        long result = guest.Call(Hypercall.PlatformOp, Place);
        return (result, TinyGuest.Load<PlatformOperation>(Place));
    }
}
