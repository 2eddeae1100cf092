using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Serai.Emulators;

/// <summary>
/// QEMU's remote debugger (GDB manual, appendix E), for a machine with one processor that waits to be told to begin: stops it at places, reads
/// what it holds, and writes to its bus as a device does.
/// </summary>
/// <param name="name">Names the socket, which lies in the directory of temporary files.</param>
public sealed class RemoteDebugger(string name) : IDisposable
{
    /// <summary>Registers by QEMU's numbers for this protocol.</summary>
    public const int Rcx = 2, Rsp = 7, Rip = 16, Cs = 18, Cr0 = 27;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"serai-{name}-{Environment.ProcessId}");
    private readonly byte[] _one = new byte[1];
    private Socket? _socket;
    private bool _knowsNames;

    /// <summary>What QEMU has to be told (MachineSettings.Devices).</summary>
    public string[] Devices => ["-S", "-gdb", $"unix:{_path},server=on,wait=off"];

    /// <summary>Goes on until the instruction at an address is next, for the first time or again.</summary>
    public void GoTo(ulong address)
    {
        Command("s");
        Ask($"Z0,{address:x},1", "OK");
        Command("c");
        Ask($"z0,{address:x},1", "OK");
        if (Register(Rip) != address)
            throw new InvalidOperationException($"the machine stopped at {Register(Rip):x}, not {address:x}");
    }

    /// <summary>The same, but what waits to interrupt the processor comes before its next instruction.</summary>
    public void GoToFromHere(ulong address)
    {
        Ask($"Z0,{address:x},1", "OK");
        Command("c");
        Ask($"z0,{address:x},1", "OK");
    }

    /// <summary>Goes on, and lets it run.</summary>
    public void LetGo() => Ask("D", "OK");

    /// <summary>A register. QEMU tells of one at a time only to who has read how they are called.</summary>
    public ulong Register(int number)
    {
        LearnNames();
        return BinaryPrimitives.ReverseEndianness(Parse(Answer($"p{number:x}").PadRight(16, '0')));
    }

    /// <summary>Changes a register of 64 bits.</summary>
    public void SetRegister(int number, ulong value)
    {
        LearnNames();
        Ask($"P{number:x}={BinaryPrimitives.ReverseEndianness(value):x16}", "OK");
    }

    /// <summary>Words of eight bytes at an address of the running processor's.</summary>
    public ulong[] Words(ulong address, int count)
        => [.. Answer($"m{address:x},{count * 8:x}").Chunk(16).Select(word => BinaryPrimitives.ReverseEndianness(Parse(new string(word))))];

    /// <summary>Writes four bytes to a physical address, a device's register too.</summary>
    public void WriteToBus(ulong address, uint value)
    {
        Ask("Qqemu.PhyMemMode:1", "OK");
        Ask($"M{address:x},4:{BinaryPrimitives.ReverseEndianness(value):x8}", "OK");
        Ask("Qqemu.PhyMemMode:0", "OK");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket?.Dispose();
        File.Delete(_path);
    }

    private void LearnNames()
    {
        if (!_knowsNames)
            Answer("qXfer:features:read:target.xml:0,ff0");
        _knowsNames = true;
    }

    private static ulong Parse(string digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private void Command(string command)
    {
        string answer = Answer(command);
        if (!answer.StartsWith('T') && !answer.StartsWith('S'))
            throw new InvalidOperationException($"the debugger answers '{answer}' to '{command}'");
    }

    private void Ask(string command, string wanted)
    {
        string answer = Answer(command);
        if (answer != wanted)
            throw new InvalidOperationException($"the debugger answers '{answer}' to '{command}'");
    }

    /// <summary>Sends a packet, and reads the one that answers it: $TEXT#SUM, where + and - say whether a packet has arrived whole.</summary>
    private string Answer(string command)
    {
        int sum = Encoding.ASCII.GetBytes(command).Sum(letter => letter) & 0xff;
        Connected.Send(Encoding.ASCII.GetBytes($"${command}#{sum:x2}"));
        var text = new StringBuilder();
        while (Next() != '$')
        {
        }
        for (char letter = Next(); letter != '#'; letter = Next())
            text.Append(letter);
        Next();
        Next();
        Connected.Send("+"u8);
        return text.ToString();
    }

    private char Next() => Connected.Receive(_one) == 1 ? (char)_one[0] : throw new EndOfStreamException("the debugger's connection ended");

    private Socket Connected => _socket ??= Connect();

    // The machine waits for this, so QEMU has only just begun.
    private Socket Connect()
    {
        for (Func<long, bool> isOver = Endurance.OfSilence().Wait(); ; Thread.Sleep(50))
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                ReceiveTimeout = (int)Patience.Silence.TotalMilliseconds,
            };
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(_path));
                return socket;
            }
            catch (SocketException) when (!isOver(0))
            {
                socket.Dispose();
            }
        }
    }
}
