using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>A 16550 serial port, written by polling and read by interrupt or polling.</summary>
public static class Serial
{
    private const uint Clock = 115_200;

    private static ushort port;

    /// <summary>8 data bits, no parity, one stop bit, as the line control register has it.</summary>
    public const byte UsualFormat = 3;

    /// <summary>
    /// Sets a port up: FIFOs on, receive interrupt on; `rate` in baud, 0 leaves the loader's; `format` for the line control register.
    /// </summary>
    public static void Initialise(ushort address, uint rate, byte format)
    {
        port = address;
        Port.Out8(Register(1), 0);
        if (rate is > 0 and <= Clock)
        {
            uint divisor = Clock / rate;
            Port.Out8(Register(3), 0x80);
            Port.Out8(Register(0), (byte)divisor);
            Port.Out8(Register(1), (byte)(divisor >> 8));
        }
        Port.Out8(Register(3), format);
        Port.Out8(Register(2), 7);
        Port.Out8(Register(4), 0xb);
        Port.Out8(Register(1), 1);
    }

    /// <summary>Stops using the port: what is written from now on goes nowhere.</summary>
    public static void Close() => port = 0;

    /// <summary>Whether a port has been set up.</summary>
    public static bool IsReady => port != 0;

    private static ushort Register(uint index) => (ushort)(port + index);

    /// <summary>Writes a byte, waiting a bounded time for the transmitter; a port that never gets ready loses the byte.</summary>
    public static void Write(byte value)
    {
        if (port == 0)
            return;
        for (uint turn = 0; turn < 100_000 && (Port.In8(Register(5)) & 0x20) == 0; turn++)
            Instructions.Pause();
        Port.Out8(Register(0), value);
    }

    /// <summary>Takes a received byte, if there is one.</summary>
    public static bool TryRead(out byte value)
    {
        value = 0;
        if (port == 0 || (Port.In8(Register(5)) & 1) == 0)
            return false;
        value = Port.In8(Register(0));
        return true;
    }
}
