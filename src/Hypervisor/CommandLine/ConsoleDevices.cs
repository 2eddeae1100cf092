using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>Where the hypervisor's own console goes: a set, since several devices show the same text.</summary>
[Flags]
public enum ConsoleDevices : byte
{
    /// <summary>No device: the machine runs silently.</summary>
    None = 0,
    /// <summary>The first serial port, as com1= sets it.</summary>
    Com1 = 1,
    /// <summary>The text screen of a VGA.</summary>
    Vga = 2,
}

/// <summary>Reads the value of console=.</summary>
public static class ConsoleList
{
    /// <summary>Reads names separated by commas: com1, vga, none (which cannot stand beside another). False if anything else is there.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ConsoleDevices devices)
    {
        devices = ConsoleDevices.None;
        if (OptionText.Same(text, "none"u8))
            return true;
        var items = new ListItems();
        while (!items.AtEnd)
        {
            int place = OptionText.PlaceIn("com1,vga"u8, items.Next(text, (byte)','));
            if (place < 0)
                return false;
            devices |= place == 0 ? ConsoleDevices.Com1 : ConsoleDevices.Vga;
        }
        return true;
    }
}
