using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Xunit.Sdk;

namespace Serai.Boot.Tests.Harness;

/// <summary>What a machine under Bochs is made of.</summary>
public sealed record BochsSettings
{
    /// <summary>A processor of 'bochs --help cpu'.</summary>
    public required string Model { get; init; }

    /// <summary>How many of them.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Its memory, in MiB.</summary>
    public int Mebibytes { get; init; } = 512;

    /// <summary>Instructions of each processor in a second of the machine's clock.</summary>
    public int InstructionsPerSecond { get; init; } = 50_000_000;

    /// <summary>Words for the hypervisor's command line, such as x2apic.</summary>
    public string Options { get; init; } = "";

    /// <summary>As in <see cref="MachineSettings.Modules"/>.</summary>
    public required IReadOnlyList<string> Modules { get; init; }
}

/// <summary>
/// Bochs as the machine: a second implementation of the processor, stricter than QEMU's, with models of both vendors.
/// Its clock counts instructions, and several processors take turns of a few. There is no limit of time: a wait ends when the serial port has been silent for minutes.
/// </summary>
public sealed class BochsMachine : IDisposable
{
    /// <summary>A killed test run leaves no machine behind for longer, in seconds.</summary>
    private const string Longest = "7200";

    private readonly Transcript _transcript;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Process _bochs;
    private readonly TcpClient _port;
    private readonly Thread _reader;
    private readonly string _logFile, _files;
    private readonly Endurance _endurance = Endurance.OfSilence();

    /// <summary>Starts the machine.</summary>
    /// <param name="test">Names the transcript, out/logs/boot/TEST.log, and what Bochs says itself, TEST.bochs.log beside it.</param>
    /// <param name="settings">What it is made of.</param>
    public BochsMachine(string test, BochsSettings settings)
    {
        _logFile = Workspace.LogOf(test);
        _files = Path.ChangeExtension(_logFile, null);
        BochsDisc.Make(_files + ".iso", settings.Options, settings.Modules);
        _listener.Start();
        File.WriteAllText(_files + ".bochsrc", Configuration(settings, ((IPEndPoint)_listener.LocalEndpoint).Port));
        File.WriteAllText(_files + ".debugger", "c\n");
        _transcript = new Transcript(_logFile);
        _bochs = Process.Start(Command()) ?? throw new InvalidOperationException("Bochs did not start");
        _bochs.OutputDataReceived += (_, _) => { };
        _bochs.BeginOutputReadLine();
        _port = Accept();
        _reader = new Thread(ReadAll) { IsBackground = true, Name = "serial port" };
        _reader.Start();
    }

    /// <summary>What has been written so far.</summary>
    public Line[] Lines() => _transcript.Lines();

    /// <summary>The number of the line that comes next: a place to wait from.</summary>
    public int Now => Lines().Length;

    /// <summary>Waits for a line that contains the text. A panic of the hypervisor ends the wait, as does silence.</summary>
    public Line Expect(string text, int from = 0) =>
        _transcript.Wait(line => line.Text.Contains(text, StringComparison.Ordinal),
            line => line.Text.Contains(Expected.Panic, StringComparison.Ordinal), from, _endurance.Wait())
        ?? throw Failure($"'{text}' did not come{(_transcript.Ended ? "; the machine is off" : $" {_endurance.Verdict}")}");

    /// <summary>Types on the serial port.</summary>
    public void Type(string keys) => _port.GetStream().Write(Encoding.ASCII.GetBytes(keys));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_bochs.HasExited)
            _bochs.Kill(entireProcessTree: true);
        _bochs.WaitForExit();
        _reader.Join();
        _port.Dispose();
        _listener.Dispose();
        _bochs.Dispose();
        _transcript.Dispose();
        foreach (string file in new[] { ".iso", ".bochsrc", ".debugger" })
            File.Delete(_files + file);
    }

    // Faults that a processor raises, with Bochs's reason, are in its own log: often the answer.
    private XunitException Failure(string what)
    {
        string own = File.Exists(_files + ".bochs.log") ? string.Join('\n', File.ReadLines(_files + ".bochs.log").TakeLast(8)) : "nothing";
        return new XunitException($"{what}. The end of {_logFile}:\n{_transcript.Tail(30)}\nBochs's own words:\n{own}");
    }

    private string Configuration(BochsSettings settings, int port) => $"""
        plugin_ctrl: unmapped=1, biosdev=1, speaker=0, extfpuirq=1, parallel=0, serial=1
        config_interface: textconfig
        display_library: term
        memory: guest={settings.Mebibytes}, host={settings.Mebibytes}
        romimage: file=/usr/share/bochs/BIOS-bochs-latest
        vgaromimage: file=/usr/share/vgabios/vgabios.bin
        megs: {settings.Mebibytes}
        cpu: model={settings.Model}, count={settings.Processors}, ips={settings.InstructionsPerSecond}, reset_on_triple_fault=0
        ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
        ata0-master: type=cdrom, path={_files}.iso, status=inserted
        boot: cdrom
        com1: enabled=1, mode=socket-client, dev=localhost:{port}
        log: {_files}.bochs.log
        panic: action=fatal
        error: action=report
        info: action=ignore
        clock: sync=none
        """;

    // Debian's Bochs has no display without a terminal but one that listens on the network; 'script' lends it a terminal.
    private ProcessStartInfo Command() => new(
        "timeout",
        [
            "--foreground", "--signal=KILL", Longest,
            "script", "-qefc", $"bochs -q -f '{_files}.bochsrc' -rc '{_files}.debugger'", "/dev/null",
        ])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["TERM"] = "vt100" },
    };

    private TcpClient Accept()
    {
        Func<long, bool> isOver = _endurance.Wait();
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
                _transcript.Add(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // A killed machine resets the connection.
        }
        _transcript.End();
    }
}
