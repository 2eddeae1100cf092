using System.Runtime.CompilerServices;

using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>
/// A 16550 serial port. What is written waits in memory for the transmitter, which asks by interrupt for more (TI PC16550D, 8.6). While guests run
/// nobody waits for the line: <see cref="Room"/> tells before what would be lost.
/// </summary>
public static class Serial
{
    private const uint WaitingBytes = 8192, FifoBytes = 16, Patience = 100_000;

    /// <summary>So often the transmitter is filled in one go: one that is never busy, of an emulator, would take all that waits at once.</summary>
    private const uint MostFills = 8;

    private struct State
    {
        public uint Written, Sent;
        public bool Asks, NobodyWaits, IsGivenUp;
        public Bytes Waiting;
    }

    [InlineArray((int)WaitingBytes)]
    private struct Bytes
    {
        private byte element;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>8 data bits, no parity, one stop bit, as the line control register has it.</summary>
    public const byte UsualFormat = 3;

    /// <summary>
    /// Sets a port up: FIFOs on, receive interrupt on; `rate` in baud, 0 leaves the loader's; `format` for the line control register.
    /// </summary>
    public static void Initialise(ushort address, uint rate, byte format)
    {
        Finish();
        Now.Asks = false;
        Uart.Open(address, rate, format);
    }

    /// <summary>Stops using the port: what is written from now on goes nowhere.</summary>
    public static void Close()
    {
        Finish();
        Uart.Close();
    }

    /// <summary>Whether a port has been set up, and is there.</summary>
    public static bool IsReady => Uart.IsThere;

    /// <summary>How many bytes can be written now.</summary>
    public static uint Room => unchecked(WaitingBytes - (Now.Written - Now.Sent));

    /// <summary>How many bytes the transmitter has taken, modulo 2^32: while it changes, the line moves.</summary>
    public static uint Sent => Now.Sent;

    /// <summary>How often the port's registers have been read or written, modulo 2^32: each takes as long as a thousand instructions.</summary>
    public static uint Accesses => Uart.Accesses;

    /// <summary>
    /// Whether who writes where there is no room waits for the transmitter, as before guests run and when the machine ends; else his bytes are lost.
    /// </summary>
    public static bool Waits
    {
        get => !Now.NobodyWaits;
        set => Now.NobodyWaits = !value;
    }

    /// <summary>Whether the port asks for something; being asked, it takes back that it wanted to transmit.</summary>
    public static bool IsAsking => Uart.IsAsking;

    /// <summary>Writes a byte. Where there is no room, waits a bounded time for the transmitter, if at all; else the byte is lost.</summary>
    public static void Write(byte value)
    {
        if (!Uart.IsThere)
            return;
        if (Room == 0 && !Waits)
            return;
        if (Room == 0)
            SendOne();
        Now.Waiting[(int)(Now.Written % WaitingBytes)] = value;
        Now.Written = unchecked(Now.Written + 1);
        Transmit();
    }

    /// <summary>
    /// Gives the transmitter as much as it takes, up to a limit, and has it ask for the rest; where there is none any more, all is lost.
    /// </summary>
    public static void Transmit()
    {
        for (uint fill = 0; fill < MostFills && Now.Written != Now.Sent && Uart.IsTransmitterFree; fill++)
        {
            for (uint count = 0; count < FifoBytes && Now.Written != Now.Sent; count++)
                Send();
        }
        if (!Uart.IsThere)
            Now.Sent = Now.Written;
        if (Now.Asks == (Now.Written != Now.Sent))
            return;
        Now.Asks = Now.Written != Now.Sent;
        Uart.AskFor(Now.Asks);
    }

    /// <summary>Writes out all that waits, polling: for the last words before the machine ends.</summary>
    public static void Finish()
    {
        while (Now.Written != Now.Sent && Uart.IsThere)
            SendOne();
    }

    /// <summary>Sends a byte, or loses it: a port that has not got ready once is not waited for again until it does.</summary>
    private static void SendOne()
    {
        uint turn = 0, patience = Now.IsGivenUp ? 1 : Patience;
        for (; turn < patience && !Uart.IsTransmitterFree; turn++)
            Instructions.Pause();
        Now.IsGivenUp = turn == patience;
        Send();
    }

    private static void Send()
    {
        Uart.Send(Now.Waiting[(int)(Now.Sent % WaitingBytes)]);
        Now.Sent = unchecked(Now.Sent + 1);
    }

    /// <summary>Takes a received byte, if there is one.</summary>
    public static bool TryRead(out byte value) => Uart.TryRead(out value);
}
