using Serai.Abi;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Devices;

/// <summary>
/// What the domain with hardware writes into configuration space. All of it reaches the device but what belongs to messages: their address, data and
/// mask bits are the hypervisor's and the write is forgotten; that a function sends messages at all the domain may say once they are mapped.
/// </summary>
public static class ConfigurationWrites
{
    private const uint Enable = 1u << 31, MaskAll = 1 << 30, MsiEnable = 1 << 16, MsiCount = 7 << 20;
    private const uint FirstOfCapabilities = 0x40;

    /// <summary>Writes 1, 2 or 4 bytes that lie in four whose place is a multiple of four.</summary>
    public static void Write(PciAddress address, uint register, int size, uint value)
    {
        uint place = register & ~3u;
        if (!PciFunctions.MayRenumber(address, place))
            return;
        uint number = 0;
        bool concerns = place >= FirstOfCapabilities || PciFunctions.IsBase(place);
        Errno error = concerns ? PciFunctions.Meet(address, out number) : Errno.NoDev;
        if (error == Errno.None)
            Write(ref PciFunctions.At(number), place, register, size, value);
        else if (error == Errno.NoDev)
            PciConfiguration.Write(address, register, size, value);
    }

    private static void Write(ref PciFunction function, uint place, uint register, int size, uint value)
    {
        // What is written may reset the function, and what has been restored of it is gone then.
        function.Restored = 0;
        if (function.Msi != 0 && place >= function.Msi && place < function.Msi + PciFunctions.MsiBytes(function))
        {
            if (register <= function.Msi + 2u && register + (uint)size > function.Msi + 2u)
                WriteMsi(ref function, (value >> (int)(function.Msi + 2u - register) * 8 & 1) != 0);
        }
        else if (function.MsiX != 0 && place >= function.MsiX && place < function.MsiX + PciFunctions.MsiXBytes)
        {
            if (place == function.MsiX)
                WriteMsiX(ref function, Merged(function.Address, place, register, size, value));
        }
        else
        {
            PciConfiguration.Write(function.Address, register, size, value);
            if (PciFunctions.IsBase(place))
                PciFunctions.FindTable(ref function);
            else if (VirtualFunctions.IsTold(function, place))
                PciFunctions.FindTablesOf(ref function, place);
        }
    }

    /// <summary>The four bytes at a place as they are, with some of them as the domain wants them.</summary>
    private static uint Merged(PciAddress address, uint place, uint register, int size, uint value)
    {
        int shift = (int)(register - place) * 8;
        uint mask = unchecked((size == 4 ? uint.MaxValue : (1u << size * 8) - 1) << shift);
        return (PciConfiguration.Read(address, place) & ~mask) | (unchecked(value << shift) & mask);
    }

    // Only the byte with the bit says what the domain wants: it may read another one than it wrote, while the message is held.
    private static void WriteMsi(ref PciFunction function, bool wanted)
    {
        bool enables = wanted && function.Messages != 0 && !function.Is(FunctionState.ByTable);
        function.State = enables ? function.State | FunctionState.Enabled : function.State & ~FunctionState.Enabled;
        ShowMsi(function);
    }

    /// <summary>Has the function send its message or not, as the domain says and the hypervisor lets it.</summary>
    internal static void ShowMsi(in PciFunction function)
    {
        uint head = PciConfiguration.Read(function.Address, function.Msi) & ~(MsiEnable | MsiCount);
        bool sends = function.Is(FunctionState.Enabled) && !function.Is(FunctionState.Held);
        PciConfiguration.Write(function.Address, function.Msi, 4, head | (sends ? MsiEnable : 0));
    }

    // Linux enables MSI-X with all masked, maps, and then unmasks all.
    private static void WriteMsiX(ref PciFunction function, uint wanted)
    {
        uint head = PciConfiguration.Read(function.Address, function.MsiX) & ~(Enable | MaskAll);
        bool isMapped = function.Messages != 0 && function.Is(FunctionState.ByTable);
        bool enables = (wanted & Enable) != 0 && function.Table != 0 && (isMapped || (wanted & MaskAll) != 0);
        uint masks = function.Is(FunctionState.Held) ? MaskAll : wanted & MaskAll;
        PciConfiguration.Write(function.Address, function.MsiX, 4, head | (enables ? Enable : 0) | masks);
    }

    /// <summary>The function sends nothing by its table, whatever that says.</summary>
    internal static void HoldMsiX(in PciFunction function)
        => PciConfiguration.Write(function.Address, function.MsiX, 4, PciConfiguration.Read(function.Address, function.MsiX) | MaskAll);

    /// <summary>The function sends no messages by its table any more.</summary>
    internal static void EndMsiX(in PciFunction function)
        => PciConfiguration.Write(function.Address, function.MsiX, 4, PciConfiguration.Read(function.Address, function.MsiX) & ~(Enable | MaskAll));
}
