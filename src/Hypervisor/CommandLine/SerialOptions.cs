using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>The check bit of a serial line.</summary>
public enum SerialParity : byte
{
    /// <summary>No check bit.</summary>
    None,
    /// <summary>The count of ones is made odd.</summary>
    Odd,
    /// <summary>The count of ones is made even.</summary>
    Even,
    /// <summary>Always one.</summary>
    Mark,
    /// <summary>Always zero.</summary>
    Space,
}

/// <summary>How the first serial port is to be set: <c>com1=BAUD[,8n1[,IO-BASE[,IRQ]]]</c>. What is left out, or empty, keeps its default.</summary>
public struct SerialOptions
{
    /// <summary>The greatest speed a 16550 makes with the usual crystal.</summary>
    public const uint GreatestBaud = 115200;

    private const int Parts = 4;

    // In the order of SerialParity.
    private static ReadOnlySpan<byte> Parities => "noems"u8;

    /// <summary>Bits per second; 0, written "auto": as the firmware left it.</summary>
    public uint Baud;

    /// <summary>The first of the port's eight I/O addresses.</summary>
    public uint IoBase;

    /// <summary>The interrupt line of the ISA bus; 0: the port is polled.</summary>
    public uint Irq;

    /// <summary>Bits of a character, 5 to 8.</summary>
    public byte DataBits;

    /// <summary>Stop bits, 1 or 2.</summary>
    public byte StopBits;

    /// <summary>The check bit.</summary>
    public SerialParity Parity;

    /// <summary>115200,8n1 at 0x3f8, interrupt 4: the first port of a PC.</summary>
    public static SerialOptions Default => new()
    {
        Baud = GreatestBaud,
        IoBase = 0x3f8,
        Irq = 4,
        DataBits = 8,
        StopBits = 1,
        Parity = SerialParity.None,
    };

    /// <summary>Reads the value of com1= over the defaults; false if a part is not understood.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SerialOptions options)
    {
        options = Default;
        var items = new ListItems();
        bool good = text.Length != 0;
        for (int place = 0; good && !items.AtEnd; place++)
            good = options.Take(place, items.Next(text, (byte)','));
        return good;
    }

    /// <summary>Data bits, stop bits and parity as the 16550's line control register has them.</summary>
    public readonly byte LineControl
    {
        get
        {
            const int twoStopBits = 4, parityShift = 3;
            int parity = Parity == SerialParity.None ? 0 : ((int)Parity * 2) - 1;
            return (byte)((DataBits - 5) | (StopBits == 2 ? twoStopBits : 0) | parity << parityShift);
        }
    }

    // What is missing at the end is empty, and what is empty keeps its default.
    private bool Take(int place, ReadOnlySpan<byte> part) => part.Length == 0 ? place < Parts : place switch
    {
        0 => TakeBaud(part),
        1 => TakeFormat(part),
        // Eight ports from here on must lie within the 64 Ki there are; below 0x100 lives the chipset.
        2 => NumberText.TryNumber(part, 0xfff8, out IoBase) && IoBase >= 0x100,
        3 => NumberText.TryNumber(part, 15, out Irq),
        _ => false,
    };

    private bool TakeBaud(ReadOnlySpan<byte> part)
    {
        if (OptionText.Same(part, "auto"u8))
        {
            Baud = 0;
            return true;
        }
        // The divisor must come out whole, or the line would run at another speed than was asked for.
        return NumberText.TryNumber(part, GreatestBaud, out Baud) && Baud >= 2 && GreatestBaud % Baud == 0;
    }

    private bool TakeFormat(ReadOnlySpan<byte> part)
    {
        int parity = part.Length == 3 ? OptionText.IndexOf(Parities, part[1]) : Parities.Length;
        if (parity == Parities.Length || part[0] is < (byte)'5' or > (byte)'8' || part[2] is not ((byte)'1' or (byte)'2'))
            return false;
        DataBits = (byte)(part[0] - '0');
        StopBits = (byte)(part[2] - '0');
        Parity = (SerialParity)parity;
        return true;
    }
}
