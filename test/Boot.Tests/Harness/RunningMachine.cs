using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using Xunit.Sdk;

namespace Serai.Boot.Tests.Harness;

/// <summary>A machine under QEMU with its serial port on a pipe. It is gone when the test is, whatever happened.</summary>
public sealed class RunningMachine : IDisposable
{
    private readonly Process _qemu;
    private readonly Transcript _transcript;
    private readonly string _logFile;
    private readonly DateTime _deadline;
    private readonly Thread _reader;

    /// <summary>Starts the machine.</summary>
    /// <param name="test">Names the transcript: out/logs/boot/TEST.log.</param>
    /// <param name="settings">What to boot on what.</param>
    /// <param name="limit">From now on, for all that is awaited: a machine that has gone silent costs the limit once, not once a fact.</param>
    public RunningMachine(string test, MachineSettings settings, TimeSpan limit)
    {
        if (!File.Exists(Workspace.Image))
            throw new FileNotFoundException("out/serai is missing: './run build' makes it, './run test' does all that is needed");
        _logFile = Workspace.LogOf(test);
        _transcript = new Transcript(_logFile);
        _deadline = DateTime.UtcNow + limit;
        _qemu = Process.Start(Command(settings, limit + Patience.Hypervisor)) ?? throw new InvalidOperationException("QEMU did not start");
        _reader = new Thread(ReadAll) { IsBackground = true, Name = "serial port" };
        _reader.Start();
        _qemu.ErrorDataReceived += (_, complaint) => Complain(complaint.Data);
        _qemu.BeginErrorReadLine();
    }

    /// <summary>What has been written so far.</summary>
    public Line[] Lines() => _transcript.Lines();

    /// <summary>Waits for a line that contains the text; fails, with the end of the transcript, if it does not come.</summary>
    public Line Expect(string text, int from = 0) =>
        Expect($"a line with '{text}'", line => line.Text.Contains(text, StringComparison.Ordinal), from);

    /// <summary>Waits for a line that satisfies a condition. A panic of the hypervisor ends the wait.</summary>
    public Line Expect(string what, Func<Line, bool> wanted, int from = 0) =>
        _transcript.Wait(wanted, line => line.Text.Contains(Expected.Panic, StringComparison.Ordinal), from, _deadline)
        ?? throw Failure($"{what} did not come");

    /// <summary>Waits for text that no newline ends, such as a menu or a prompt.</summary>
    public void ExpectUnfinished(string text)
    {
        while (!_transcript.Tail(0).Contains(text, StringComparison.Ordinal))
        {
            if (_transcript.Ended || DateTime.UtcNow > _deadline)
                throw Failure($"'{text}' did not come");
            Thread.Sleep(50);
        }
    }

    /// <summary>The processor time that QEMU has used so far, in seconds.</summary>
    public double ProcessorSeconds()
    {
        string children = File.ReadAllText($"/proc/{_qemu.Id}/task/{_qemu.Id}/children");
        using Process machine = Process.GetProcessById(int.Parse(children.Trim(), CultureInfo.InvariantCulture));
        return machine.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Waits until the machine has switched itself off.</summary>
    public void ExpectOff()
    {
        TimeSpan left = _deadline - DateTime.UtcNow;
        if (!_qemu.WaitForExit(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            throw Failure("the machine did not switch itself off");
    }

    /// <summary>The number of the line that comes next: a place to wait from.</summary>
    public int Now => _transcript.Lines().Length;

    /// <summary>Types on the serial port, slowly enough for a 16550 without flow control.</summary>
    public void Type(string keys)
    {
        foreach (char key in keys)
        {
            _qemu.StandardInput.BaseStream.WriteByte((byte)key);
            _qemu.StandardInput.BaseStream.Flush();
            Thread.Sleep(2);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_qemu.HasExited)
            _qemu.Kill(entireProcessTree: true);
        _qemu.WaitForExit();
        _reader.Join();
        _qemu.Dispose();
        _transcript.Dispose();
    }

    // When QEMU has ended by itself, its last complaint tells why; waiting for the exit also waits for that.
    private XunitException Failure(string what)
    {
        if (_transcript.Ended)
            _qemu.WaitForExit();
        return new XunitException($"{what}{(_transcript.Ended ? "; the machine is off" : "")}. The end of {_logFile}:\n{_transcript.Tail(30)}");
    }

    // Killing a test run leaves no machine behind for long: 'timeout' outlives us and ends it.
    private static ProcessStartInfo Command(MachineSettings settings, TimeSpan limit) => new(
        "timeout",
        ["--foreground", "--signal=KILL", Seconds(limit), "qemu-system-x86_64", .. settings.Arguments()])
    {
        WorkingDirectory = Workspace.Guests,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.Latin1,
    };

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);

    private void ReadAll()
    {
        var buffer = new char[4096];
        for (int count; (count = _qemu.StandardOutput.Read(buffer)) > 0;)
            _transcript.Add(buffer.AsSpan(0, count));
        _transcript.End();
    }

    // An unsupported processor feature under emulation is QEMU's to warn about and no fault of the test's.
    private void Complain(string? text)
    {
        if (text is not null && !text.Contains("TCG doesn't support requested feature", StringComparison.Ordinal))
            _transcript.Add($"qemu: {text}\n");
    }
}
