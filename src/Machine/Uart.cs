using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>
/// The registers of a 16550 (TI PC16550D, 8.6), and whether there is one. Where nobody answers all bits are ones, in the line status and in the
/// register of interrupts, two bits of which are always 0 in a 16550: from then on there is no port. One that answers zeros has and asks nothing.
/// </summary>
public static class Uart
{
    private const uint Clock = 115_200;
    private const ushort Data = 0, InterruptEnable = 1, InterruptState = 2, FifoControl = 2, LineControl = 3, ModemControl = 4, LineState = 5;
    private const byte ReceiveInterrupt = 1, TransmitInterrupt = 2, DataReady = 1, TransmitterFree = 0x20, DivisorAccess = 0x80, Nobody = 0xff;

    /// <summary>Bits 0 to 2 of the interrupt state: the transmitter is empty; bytes have come, enough of them or a while ago.</summary>
    private const byte AsksTransmit = 2, AsksReceive = 4;

    private struct State
    {
        public ushort Port;
        public uint Accesses;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>Whether there is a port.</summary>
    public static bool IsThere => Now.Port != 0;

    /// <summary>
    /// Sets a port up: FIFOs on, receive interrupt on; `rate` in baud, 0 leaves the loader's; `format` for the line control register.
    /// </summary>
    public static void Open(ushort address, uint rate, byte format)
    {
        Now.Port = address;
        Write(InterruptEnable, 0);
        if (rate is > 0 and <= Clock)
        {
            uint divisor = Clock / rate;
            Write(LineControl, DivisorAccess);
            Write(Data, (byte)divisor);
            Write(InterruptEnable, (byte)(divisor >> 8));
        }
        Write(LineControl, format);
        Write(FifoControl, 7);
        Write(ModemControl, 0xb);
        AskFor(transmit: false);
        Status();
    }

    /// <summary>Uses no port.</summary>
    public static void Close() => Now.Port = 0;

    /// <summary>Has the port ask by interrupt for received bytes, and for bytes to transmit or not.</summary>
    public static void AskFor(bool transmit) =>
        Write(InterruptEnable, transmit ? (byte)(ReceiveInterrupt | TransmitInterrupt) : ReceiveInterrupt);

    /// <summary>Whether the port asks for what it was told to ask for; being asked, it takes back that it wanted to transmit.</summary>
    public static bool IsAsking => IsThere && (Read(InterruptState) & 7) is AsksTransmit or AsksReceive;

    /// <summary>Whether the transmitter takes a FIFO's length of bytes.</summary>
    public static bool IsTransmitterFree => (Status() & TransmitterFree) != 0;

    /// <summary>Transmits a byte.</summary>
    public static void Send(byte value) => Write(Data, value);

    /// <summary>Takes a received byte, if there is one.</summary>
    public static bool TryRead(out byte value)
    {
        bool isReady = (Status() & DataReady) != 0;
        value = isReady ? Read(Data) : (byte)0;
        return isReady;
    }

    private static byte Status()
    {
        byte status = IsThere ? Read(LineState) : (byte)0;
        if (status != Nobody || Read(InterruptState) != Nobody)
            return status;
        Close();
        return 0;
    }

    /// <summary>How often its registers have been read or written, which costs a machine more than a step of a program.</summary>
    public static uint Accesses => Now.Accesses;

    private static byte Read(ushort register)
    {
        Now.Accesses = unchecked(Now.Accesses + 1);
        return Port.In8((ushort)(Now.Port + register));
    }

    private static void Write(ushort register, byte value)
    {
        if (!IsThere)
            return;
        Now.Accesses = unchecked(Now.Accesses + 1);
        Port.Out8((ushort)(Now.Port + register), value);
    }
}
