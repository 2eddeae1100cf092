using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>
/// A 16550 serial port. What is written waits in memory for the transmitter, which asks by interrupt for more (TI PC16550D, 8.6); so nobody waits
/// for the line but who writes faster than it for long, and <see cref="HasRoom"/> tells that before.
/// </summary>
public static class Serial
{
    private const uint Clock = 115_200;

    private const uint WaitingBytes = 4096, Room = 1024, FifoBytes = 16;
    private const byte ReceiveInterrupt = 1, TransmitInterrupt = 2;

    private static readonly byte[] waiting = new byte[WaitingBytes];
    private static uint written;
    private static uint sent;
    private static bool asks;
    private static ushort port;

    /// <summary>8 data bits, no parity, one stop bit, as the line control register has it.</summary>
    public const byte UsualFormat = 3;

    /// <summary>
    /// Sets a port up: FIFOs on, receive interrupt on; `rate` in baud, 0 leaves the loader's; `format` for the line control register.
    /// </summary>
    public static void Initialise(ushort address, uint rate, byte format)
    {
        Finish();
        port = address;
        asks = false;
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
        Port.Out8(Register(1), ReceiveInterrupt);
    }

    /// <summary>Stops using the port: what is written from now on goes nowhere.</summary>
    public static void Close()
    {
        Finish();
        port = 0;
    }

    /// <summary>Whether a port has been set up.</summary>
    public static bool IsReady => port != 0;

    private static ushort Register(uint index) => (ushort)(port + index);

    /// <summary>Whether a guest's line can be written without waiting for the transmitter.</summary>
    public static bool HasRoom => unchecked(WaitingBytes - (written - sent)) >= Room;

    private static bool IsTransmitterFree => (Port.In8(Register(5)) & 0x20) != 0;

    /// <summary>Whether the port asks for something; being asked, it takes back that it wanted to transmit.</summary>
    public static bool IsAsking => port != 0 && (Port.In8(Register(2)) & 1) == 0;

    /// <summary>Writes a byte. Where very many wait, waits a bounded time for the transmitter; a port that never gets ready loses bytes.</summary>
    public static void Write(byte value)
    {
        if (port == 0)
            return;
        if (unchecked(written - sent) == WaitingBytes)
            SendOne();
        waiting[(int)(written % WaitingBytes)] = value;
        written = unchecked(written + 1);
        Transmit();
    }

    /// <summary>Gives the transmitter as much as it takes, and has it ask for the rest.</summary>
    public static void Transmit()
    {
        while (written != sent && port != 0 && IsTransmitterFree)
        {
            for (uint count = 0; count < FifoBytes && written != sent; count++)
                Send();
        }
        if (asks == (written != sent))
            return;
        asks = written != sent;
        Port.Out8(Register(1), asks ? (byte)(ReceiveInterrupt | TransmitInterrupt) : ReceiveInterrupt);
    }

    /// <summary>Writes out all that waits, polling: for the last words before the machine ends.</summary>
    public static void Finish()
    {
        while (written != sent && port != 0)
            SendOne();
    }

    private static void SendOne()
    {
        for (uint turn = 0; turn < 100_000 && !IsTransmitterFree; turn++)
            Instructions.Pause();
        Send();
    }

    private static void Send()
    {
        Port.Out8(Register(0), waiting[(int)(sent % WaitingBytes)]);
        sent = unchecked(sent + 1);
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
