using System;
using System.Collections.Generic;
using System.Text;

using Serai.Simulation;

namespace Serai.Machine;

/// <summary>A serial port whose output is kept and whose input tests give.</summary>
public static class Serial
{
    private const uint Capacity = 8192;

    internal sealed class State
    {
        public readonly List<byte> Output = [];
        public readonly Queue<byte> Input = [];
        public uint Waiting, Sent, Accesses, AccessesPerByte;
        public bool IsStill, IsReady, Waits;
        public Func<byte?>? Receiving;
        public Func<bool>? Asking;
    }

    private static State My => SimulatedMachine.Present.Serial;

    /// <summary>Bytes to be received.</summary>
    public static Queue<byte> Input => My.Input;

    /// <summary>Whether a port has been set up.</summary>
    public static bool IsReady => My.IsReady;

    /// <summary>What has been written, a byte a character.</summary>
    public static string Output => Encoding.Latin1.GetString([.. My.Output]);

    /// <summary>Forgets what was written and what waits; nobody waits for the line, as it is once guests run.</summary>
    public static void Clear()
    {
        Move();
        Waits = false;
        AccessesPerByte = 0;
        (Receiving, Asking) = (null, null);
        My.Output.Clear();
        Input.Clear();
    }

    /// <summary>The line control of a port that nobody says otherwise of.</summary>
    public const byte UsualFormat = 3;

    /// <summary>Sets a port up.</summary>
    public static void Initialise(ushort address, uint rate, byte format) => My.IsReady = address != 0;

    /// <summary>Stops using the port.</summary>
    public static void Close() => My.IsReady = false;

    /// <summary>The line stands still: so many bytes can be written, the next ones are lost.</summary>
    public static void Stall(uint room = 0) => (My.IsStill, My.Waiting) = (true, Capacity - room);

    /// <summary>The line moves again.</summary>
    public static void Move()
    {
        My.Sent = unchecked(Sent + My.Waiting);
        (My.IsStill, My.Waiting) = (false, 0);
    }

    /// <summary>How many bytes can be written now.</summary>
    public static uint Room => Capacity - My.Waiting;

    /// <summary>How many bytes the transmitter has taken.</summary>
    public static uint Sent => My.Sent;

    /// <summary>How often its registers have been accessed, and how often that is for each byte written: a test says so.</summary>
    public static uint Accesses => My.Accesses;

    /// <inheritdoc cref="Accesses"/>
    public static ref uint AccessesPerByte => ref My.AccessesPerByte;

    /// <summary>Whether who writes where there is no room waits; else his bytes are lost.</summary>
    public static ref bool Waits => ref My.Waits;

    /// <summary>A broken port: what it says has been received, and whether it asks for something, whatever is done with it.</summary>
    public static ref Func<byte?>? Receiving => ref My.Receiving;

    /// <inheritdoc cref="Receiving"/>
    public static ref Func<bool>? Asking => ref My.Asking;

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
        My.Accesses = unchecked(Accesses + AccessesPerByte);
        My.Output.Add(value);
        if (!My.IsStill)
            My.Sent = unchecked(Sent + 1);
        else if (Room > 0)
            My.Waiting++;
    }

    /// <summary>Takes a received byte, if there is one.</summary>
    public static bool TryRead(out byte value)
    {
        byte? received = Receiving is { } receive ? receive() : Input.TryDequeue(out byte next) ? next : null;
        value = received ?? 0;
        return received != null;
    }
}
