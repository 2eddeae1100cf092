using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Serai.Emulators;

/// <summary>
/// Bochs as the machine: a second implementation of the processor, stricter than QEMU's, with models of both vendors. It boots a disc that is made
/// for it. There is no limit of time: a wait ends when the serial port has been silent for minutes.
/// </summary>
public class BochsMachine : EmulatedMachine
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Process _bochs;
    private readonly TcpClient _port;
    private readonly Thread _reader;
    private readonly string _files;

    /// <summary>Starts the machine.</summary>
    /// <param name="machine">What it is made of; <see cref="MachineDescription.Cpu"/> is a processor of 'bochs --help cpu'.</param>
    /// <param name="files">Files of the machine's own begin with this path: what Bochs says itself stays in FILES.bochs.log.</param>
    /// <param name="transcript">Gathers what it writes, and is ended with the machine.</param>
    public BochsMachine(MachineDescription machine, string files, Transcript transcript)
        : base(transcript)
    {
        _files = files;
        GrubDisc.Make(_files + ".iso", machine);
        _listener.Start();
        File.WriteAllText(_files + ".bochsrc", BochsCommand.Configuration(machine, _files, ((IPEndPoint)_listener.LocalEndpoint).Port));
        File.WriteAllText(_files + ".debugger", "c\n");
        _bochs = Process.Start(BochsCommand.Start(_files)) ?? throw new InvalidOperationException("Bochs did not start");
        _bochs.OutputDataReceived += (_, _) => { };
        _bochs.BeginOutputReadLine();
        _port = Accept();
        _reader = new Thread(ReadAll) { IsBackground = true, Name = "serial port" };
        _reader.Start();
    }

    /// <inheritdoc/>
    public override void Type(string keys) => _port.GetStream().Write(Encoding.ASCII.GetBytes(keys));

    /// <inheritdoc/>
    protected override Endurance Endurance { get; } = Endurance.OfSilence();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_bochs.HasExited)
            _bochs.Kill(entireProcessTree: true);
        _bochs.WaitForExit();
        _reader.Join();
        _port.Dispose();
        _listener.Dispose();
        _bochs.Dispose();
        base.Dispose(disposing);
        foreach (string file in new[] { ".iso", ".bochsrc", ".debugger", ".journal" })
            File.Delete(_files + file);
    }

    // Faults that a processor raises, with Bochs's reason, are in its own log: often the answer.
    /// <inheritdoc/>
    protected override string OwnWords()
        => "\nBochs's own words:\n"
            + (File.Exists(_files + ".bochs.log") ? string.Join('\n', File.ReadLines(_files + ".bochs.log").TakeLast(8)) : "nothing");

    private TcpClient Accept()
    {
        Func<long, bool> isOver = Endurance.Wait();
        while (!_listener.Pending())
        {
            if (_bochs.HasExited || isOver(0))
            {
                _bochs.Kill(entireProcessTree: true);
                throw Failure("Bochs did not open its serial port");
            }
            Thread.Sleep(50);
        }
        return _listener.AcceptTcpClient();
    }

    private void ReadAll()
    {
        var buffer = new byte[4096];
        try
        {
            for (int count; (count = _port.GetStream().Read(buffer)) > 0;)
                Transcript.Add(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // A killed machine resets the connection.
        }
        Transcript.End();
    }
}
