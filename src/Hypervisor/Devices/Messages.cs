using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Devices;

/// <summary>
/// Messages of PCI functions (MSI, and MSI-X by a table in the function's memory): which are taken, where each goes, and whether it is kept back. One
/// that cannot be masked is kept back by having its function send none; what would have come meanwhile is lost, as an edge is whose line is masked.
/// </summary>
public static class Messages
{
    private const uint AddressBase = 0xfee0_0000, EntryHigh = 4, EntryData = 8, EntryControl = 12, Masked = 1;

    /// <summary>
    /// Takes a function's message: that of its MSI capability, or an entry of its table. It is masked. Errors: NoDev for a function that has none,
    /// Inval for an entry beyond the table, NxIo where the table cannot be reached, Busy where messages of the other kind are taken.
    /// </summary>
    public static Errno Take(uint number, bool byTable, uint entry)
    {
        ref PciFunction function = ref PciFunctions.At(number);
        if ((byTable ? function.MsiX : function.Msi) == 0)
            return Errno.NoDev;
        if (function.Messages != 0 && function.Is(FunctionState.ByTable) != byTable)
            return Errno.Busy;
        if (byTable && entry >= function.Entries)
            return Errno.Inval;
        if (byTable && (function.Table == 0 || !PciFunctions.Answers(function)))
            return Errno.NxIo;
        if (function.Messages++ != 0)
            return Errno.None;
        function.State &= ~(FunctionState.ByTable | FunctionState.Enabled | FunctionState.Held);
        function.State |= byTable ? FunctionState.ByTable : FunctionState.None;
        if (byTable)
            MaskAll(function);
        else
            ConfigurationWrites.ShowMsi(function);
        return Errno.None;
    }

    /// <summary>What somebody before us left in a table interrupts nobody.</summary>
    private static void MaskAll(in PciFunction function)
    {
        Preemption.Charge(Cost.DeviceAccess / 4, function.Entries);
        for (uint entry = 0; entry < function.Entries; entry++)
            DeviceMemory.WriteAt(PlaceOf(function, entry) + EntryControl, 4, Masked);
    }

    /// <summary>Gives a message back, which is masked; the function sends none by a capability of which none is left.</summary>
    public static void Return(uint number)
    {
        ref PciFunction function = ref PciFunctions.At(number);
        if (--function.Messages != 0)
            return;
        function.State &= ~FunctionState.Enabled;
        if (function.Is(FunctionState.ByTable))
            ConfigurationWrites.EndMsiX(function);
        else
            ConfigurationWrites.ShowMsi(function);
        function.State &= ~(FunctionState.ByTable | FunctionState.Held);
    }

    private static ulong PlaceOf(in PciFunction function, uint entry) => function.Table + entry * PciFunction.EntryBytes;

    /// <summary>
    /// Sends a message to a vector of the processor with an APIC identifier (SDM vol. 3, 10.11): an edge, to that one alone. It is masked now.
    /// </summary>
    public static void Route(uint number, uint entry, uint vector, uint identifier)
    {
        ref PciFunction function = ref PciFunctions.At(number);
        uint address = AddressBase | identifier << 12;
        Mask(number, entry);
        if (!function.Is(FunctionState.ByTable))
        {
            bool isWide = function.Is(FunctionState.Wide);
            PciConfiguration.Write(function.Address, function.Msi + 4u, 4, address);
            if (isWide)
                PciConfiguration.Write(function.Address, function.Msi + 8u, 4, 0);
            PciConfiguration.Write(function.Address, function.Msi + (isWide ? 12u : 8u), 2, vector);
        }
        else if (function.Table != 0)
        {
            ulong place = PlaceOf(function, entry);
            DeviceMemory.WriteAt(place, 4, address);
            DeviceMemory.WriteAt(place + EntryHigh, 4, 0);
            DeviceMemory.WriteAt(place + EntryData, 4, vector);
        }
    }

    /// <summary>Keeps a message back: once this has been done, none is sent.</summary>
    public static void Mask(uint number, uint entry) => Mask(ref PciFunctions.At(number), entry, masks: true);

    /// <summary>Lets it come.</summary>
    public static void Unmask(uint number, uint entry) => Mask(ref PciFunctions.At(number), entry, masks: false);

    private static void Mask(ref PciFunction function, uint entry, bool masks)
    {
        Preemption.Charge(Cost.DeviceAccess);
        uint bit = masks ? Masked : 0;
        if (function.Is(FunctionState.ByTable))
        {
            MaskEntry(ref function, entry, bit);
        }
        else if (function.Is(FunctionState.Masks))
        {
            PciConfiguration.Write(function.Address, function.Msi + (function.Is(FunctionState.Wide) ? 16u : 12u), 4, bit);
        }
        else
        {
            function.State = masks ? function.State | FunctionState.Held : function.State & ~FunctionState.Held;
            ConfigurationWrites.ShowMsi(function);
        }
    }

    private static void MaskEntry(ref PciFunction function, uint entry, uint bit)
    {
        ulong place = PlaceOf(function, entry) + EntryControl;
        if (function.Table != 0)
            DeviceMemory.WriteAt(place, 4, bit);
        // Reading waits until the write has arrived. Where it did not, for a memory that does not answer too, which reads as ones, the function sends
        // nothing until its messages are restored.
        uint present = bit == Masked && function.Table != 0 ? DeviceMemory.ReadAt(place) : 0;
        if (bit != Masked || (present != uint.MaxValue && (present & Masked) != 0))
            return;
        function.State |= FunctionState.Held;
        ConfigurationWrites.HoldMsiX(function);
    }

    /// <summary>
    /// A function's registers may have been reset, or its table have moved: told where that is now, its messages can be routed again.
    /// </summary>
    public static void BeginRestoring(uint number)
    {
        ref PciFunction function = ref PciFunctions.At(number);
        PciFunctions.FindTable(ref function);
        if (function.Is(FunctionState.ByTable))
            function.State &= ~FunctionState.Held;
    }
}
