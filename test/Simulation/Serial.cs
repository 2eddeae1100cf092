using System.Collections.Generic;
using System.Text;

namespace Serai.Machine;

/// <summary>A serial port whose output is kept and whose input tests give.</summary>
public static class Serial
{
    private static readonly List<byte> output = [];

    /// <summary>Bytes to be received.</summary>
    public static Queue<byte> Input { get; } = [];

    /// <summary>Whether a port has been set up.</summary>
    public static bool IsReady { get; private set; }

    /// <summary>What has been written, a byte a character.</summary>
    public static string Output => Encoding.Latin1.GetString([.. output]);

    /// <summary>Forgets what was written and what waits.</summary>
    public static void Clear()
    {
        HasRoom = true;
        output.Clear();
        Input.Clear();
    }

    /// <summary>The line control of a port that nobody says otherwise of.</summary>
    public const byte UsualFormat = 3;

    /// <summary>Sets a port up.</summary>
    public static void Initialise(ushort address, uint rate, byte format) => IsReady = address != 0;

    /// <summary>Stops using the port.</summary>
    public static void Close() => IsReady = false;

    /// <summary>Whether a guest's line can be written without waiting; as long as the test says.</summary>
    public static bool HasRoom { get; set; } = true;

    /// <summary>Whether the port asks for something.</summary>
    public static bool IsAsking => false;

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
        if (IsReady)
            output.Add(value);
    }

    /// <summary>Takes a received byte, if there is one.</summary>
    public static bool TryRead(out byte value) => Input.TryDequeue(out value);
}
