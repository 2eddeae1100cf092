using System;
using System.IO;
using System.Net.Sockets;
using System.Text;

namespace Serai.Emulators;

/// <summary>QEMU's own console, for what no guest can see: the state of every processor, and what is mapped. It answers within the patience for
/// silence.</summary>
/// <param name="name">Names the socket, which lies in the directory of temporary files.</param>
public sealed class Monitor(string name) : IDisposable
{
    private const string Prompt = "(qemu) ";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"serai-{name}-{Environment.ProcessId}");
    private Socket? _socket;

    /// <summary>What QEMU has to be told (MachineSettings.Devices).</summary>
    public string[] Devices => ["-chardev", $"socket,id=monitor,path={_path},server=on,wait=off", "-mon", "chardev=monitor,mode=readline"];

    /// <summary>Gives a command and returns the answer.</summary>
    public string Ask(string command)
    {
        if (_socket is null)
        {
            _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _socket.Connect(new UnixDomainSocketEndPoint(_path));
            _socket.ReceiveTimeout = (int)Patience.Silence.TotalMilliseconds;
            ReadToPrompt();
        }
        _socket.Send(Encoding.ASCII.GetBytes(command + "\n"));
        return ReadToPrompt();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket?.Dispose();
        File.Delete(_path);
    }

    private string ReadToPrompt()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (text.Length < Prompt.Length || text.ToString(text.Length - Prompt.Length, Prompt.Length) != Prompt)
        {
            int count = _socket!.Receive(buffer);
            if (count == 0)
                throw new EndOfStreamException($"QEMU's monitor ended after '{text}'");
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return text.ToString();
    }
}
