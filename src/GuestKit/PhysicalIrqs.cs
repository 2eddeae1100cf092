using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>Interrupts of devices, for the initial domain (physdev_op). Errors come as negative numbers.</summary>
public static class PhysicalIrqs
{
    /// <summary>Maps an interrupt line to a number, -1 for any: the number, or an error.</summary>
    public static long Map(int line, int number = -1, ushort domain = DomainIds.Self, MapPirqType type = MapPirqType.Gsi)
    {
        PhysdevMapPirq argument = default;
        argument.Domain = domain;
        argument.Type = type;
        argument.Index = line;
        argument.Pirq = number;
        long result = Call(PhysdevCommand.MapPirq, Hypercalls.AddressOf(in argument));
        return result == 0 ? argument.Pirq : result;
    }

    /// <summary>
    /// Maps the message of a PCI function's MSI capability, or an entry of its MSI-X table, to a number; `device` is bus, device and function as in
    /// an address. The number, or an error.
    /// </summary>
    public static long MapMessage(uint device, bool byTable = false, int entry = 0)
    {
        PhysdevMapPirq argument = default;
        argument.Domain = DomainIds.Self;
        argument.Type = MapPirqType.MsiSegment;
        argument.Index = argument.Pirq = -1;
        (argument.Bus, argument.Devfn, argument.EntryNumber) = ((int)(device >> 8), (int)(device & 0xff), entry);
        argument.TableBase = byTable ? 1ul : 0;
        long result = Call(PhysdevCommand.MapPirq, Hypercalls.AddressOf(in argument));
        return result == 0 ? argument.Pirq : result;
    }

    /// <summary>Takes a mapping away.</summary>
    public static long Unmap(int number)
    {
        PhysdevUnmapPirq argument = default;
        argument.Domain = DomainIds.Self;
        argument.Pirq = number;
        return Call(PhysdevCommand.UnmapPirq, Hypercalls.AddressOf(in argument));
    }

    /// <summary>Says of which kind a line is.</summary>
    public static long SetUp(int line, bool level, bool activeLow)
    {
        PhysdevSetupGsi argument = default;
        argument.Gsi = line;
        argument.Triggering = level ? (byte)1 : (byte)0;
        argument.Polarity = activeLow ? (byte)1 : (byte)0;
        return Call(PhysdevCommand.SetupGsi, Hypercalls.AddressOf(in argument));
    }

    /// <summary>Binds a number: its port, or an error.</summary>
    public static long Bind(uint number)
    {
        EventBindPirq argument = default;
        argument.Pirq = number;
        argument.Flags = EventBindPirqFlags.WillShare;
        long result = Events.Call(EventChannelCommand.BindPirq, Hypercalls.AddressOf(in argument));
        return result == 0 ? argument.Port : result;
    }

    /// <summary>Says that the device has been served.</summary>
    public static long End(uint number)
    {
        PhysdevEoi argument = default;
        argument.Irq = number;
        return Call(PhysdevCommand.Eoi, Hypercalls.AddressOf(in argument));
    }

    /// <summary>Gives a page of this domain, by its frame, for the bits that say when <see cref="End"/> is needed.</summary>
    public static long GivePage(ulong frame)
    {
        PhysdevPirqEoiGmfn argument = default;
        argument.Frame = frame;
        return Call(PhysdevCommand.PirqEoiGmfnV2, Hypercalls.AddressOf(in argument));
    }

    /// <summary>physdev_op.</summary>
    public static long Call(PhysdevCommand command, ulong record) => Hypercalls.Call(Hypercall.PhysdevOp, (ulong)command, record);
}
