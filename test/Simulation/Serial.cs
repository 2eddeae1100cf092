using System;
using System.Collections.Generic;
using System.Text;

namespace Serai.Machine;

/// <summary>A serial port whose output is kept and whose input tests give.</summary>
public static class Serial
{
    private const uint Capacity = 8192;

    private static readonly List<byte> output = [];
    private static uint waiting;
    private static bool isStill;

    /// <summary>Bytes to be received.</summary>
    public static Queue<byte> Input { get; } = [];

    /// <summary>Whether a port has been set up.</summary>
    public static bool IsReady { get; private set; }

    /// <summary>What has been written, a byte a character.</summary>
    public static string Output => Encoding.Latin1.GetString([.. output]);

    /// <summary>Forgets what was written and what waits; nobody waits for the line, as it is once guests run.</summary>
    public static void Clear()
    {
        Move();
        Waits = false;
        AccessesPerByte = 0;
        (Receiving, Asking) = (null, null);
        output.Clear();
        Input.Clear();
    }

    /// <summary>The line control of a port that nobody says otherwise of.</summary>
    public const byte UsualFormat = 3;

    /// <summary>Sets a port up.</summary>
    public static void Initialise(ushort address, uint rate, byte format) => IsReady = address != 0;

    /// <summary>Stops using the port.</summary>
    public static void Close() => IsReady = false;

    /// <summary>The line stands still: so many bytes can be written, the next ones are lost.</summary>
    public static void Stall(uint room = 0) => (isStill, waiting) = (true, Capacity - room);

    /// <summary>The line moves again.</summary>
    public static void Move()
    {
        Sent = unchecked(Sent + waiting);
        (isStill, waiting) = (false, 0);
    }

    /// <summary>How many bytes can be written now.</summary>
    public static uint Room => Capacity - waiting;

    /// <summary>How many bytes the transmitter has taken.</summary>
    public static uint Sent { get; private set; }

    /// <summary>How often its registers have been accessed, and how often that is for each byte written: a test says so.</summary>
    public static uint Accesses { get; private set; }

    /// <inheritdoc cref="Accesses"/>
    public static uint AccessesPerByte { get; set; }

    /// <summary>Whether who writes where there is no room waits; else his bytes are lost.</summary>
    public static bool Waits { get; set; }

    /// <summary>A broken port: what it says has been received, and whether it asks for something, whatever is done with it.</summary>
    public static Func<byte?>? Receiving { get; set; }

    /// <inheritdoc cref="Receiving"/>
    public static Func<bool>? Asking { get; set; }

    /// <summary>Whether the port asks for something.</summary>
    public static bool IsAsking => Asking?.Invoke() ?? false;

    /// <summary>The transmitter takes everything at once.</summary>
    public static void Transmit()
    {
    }

    /// <summary>Nothing waits.</summary>
    public static void Finish()
    {
    }

    /// <summary>Writes a byte.</summary>
    public static void Write(byte value)
    {
        if (!IsReady || (Room == 0 && !Waits))
            return;
        Accesses = unchecked(Accesses + AccessesPerByte);
        output.Add(value);
        if (!isStill)
            Sent = unchecked(Sent + 1);
        else if (Room > 0)
            waiting++;
    }

    /// <summary>Takes a received byte, if there is one.</summary>
    public static bool TryRead(out byte value)
    {
        byte? received = Receiving is { } receive ? receive() : Input.TryDequeue(out byte next) ? next : null;
        value = received ?? 0;
        return received != null;
    }
}
