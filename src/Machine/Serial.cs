using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>
/// A 16550 serial port. What is written waits in memory for the transmitter, which asks by interrupt for more (TI PC16550D, 8.6). While guests run
/// nobody waits for the line: <see cref="Room"/> tells before what would be lost.
/// </summary>
public static class Serial
{
    private const uint Clock = 115_200;

    private const uint WaitingBytes = 8192, FifoBytes = 16, Patience = 100_000;
    private const byte ReceiveInterrupt = 1, TransmitInterrupt = 2;

    private static readonly byte[] waiting = new byte[WaitingBytes];
    private static uint written;
    private static uint sent;
    private static uint patience = Patience;
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
        Out(1, 0);
        if (rate is > 0 and <= Clock)
        {
            uint divisor = Clock / rate;
            Out(3, 0x80);
            Out(0, (byte)divisor);
            Out(1, (byte)(divisor >> 8));
        }
        Out(3, format);
        Out(2, 7);
        Out(4, 0xb);
        Out(1, ReceiveInterrupt);
    }

    /// <summary>Stops using the port: what is written from now on goes nowhere.</summary>
    public static void Close()
    {
        Finish();
        port = 0;
    }

    /// <summary>Whether a port has been set up.</summary>
    public static bool IsReady => port != 0;

    private static byte In(uint register)
    {
        Accesses = unchecked(Accesses + 1);
        return Port.In8((ushort)(port + register));
    }

    private static void Out(uint register, byte value)
    {
        Accesses = unchecked(Accesses + 1);
        Port.Out8((ushort)(port + register), value);
    }

    /// <summary>How many bytes can be written now.</summary>
    public static uint Room => unchecked(WaitingBytes - (written - sent));

    /// <summary>How many bytes the transmitter has taken, modulo 2^32: while it changes, the line moves.</summary>
    public static uint Sent => sent;

    /// <summary>How often the port's registers have been read or written, modulo 2^32: each takes as long as a thousand instructions.</summary>
    public static uint Accesses { get; private set; }

    /// <summary>
    /// Whether who writes where there is no room waits for the transmitter, as before guests run and when the machine ends; else his bytes are lost.
    /// </summary>
    public static bool Waits { get; set; } = true;

    private static bool IsTransmitterFree => (In(5) & 0x20) != 0;

    /// <summary>Whether the port asks for something; being asked, it takes back that it wanted to transmit.</summary>
    public static bool IsAsking => port != 0 && (In(2) & 1) == 0;

    /// <summary>Writes a byte. Where there is no room, waits a bounded time for the transmitter, if at all; else the byte is lost.</summary>
    public static void Write(byte value)
    {
        if (port == 0)
            return;
        if (Room == 0 && !Waits)
            return;
        if (Room == 0)
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
        Out(1, asks ? (byte)(ReceiveInterrupt | TransmitInterrupt) : ReceiveInterrupt);
    }

    /// <summary>Writes out all that waits, polling: for the last words before the machine ends.</summary>
    public static void Finish()
    {
        while (written != sent && port != 0)
            SendOne();
    }

    /// <summary>Sends a byte, or loses it: a port that has not got ready once is not waited for again until it does.</summary>
    private static void SendOne()
    {
        uint turn = 0;
        for (; turn < patience && !IsTransmitterFree; turn++)
            Instructions.Pause();
        patience = turn < patience ? Patience : 1;
        Send();
    }

    private static void Send()
    {
        Out(0, waiting[(int)(sent % WaitingBytes)]);
        sent = unchecked(sent + 1);
    }

    /// <summary>Takes a received byte, if there is one.</summary>
    public static bool TryRead(out byte value)
    {
        value = 0;
        if (port == 0 || (In(5) & 1) == 0)
            return false;
        value = In(0);
        return true;
    }
}
