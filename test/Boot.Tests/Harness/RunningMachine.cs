using System;
using System.Diagnostics;
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
    private readonly Endurance _endurance;
    private readonly Process _guard;
    private readonly Thread _reader;

    /// <summary>Starts the machine.</summary>
    /// <param name="test">Names the transcript: out/logs/boot/TEST.log.</param>
    /// <param name="settings">What to boot on what.</param>
    /// <param name="work">
    /// Processor time, for each of its processors, that the machine may use until all that is awaited has come (<see cref="Patience"/>).
    /// </param>
    public RunningMachine(string test, MachineSettings settings, TimeSpan work)
    {
        if (!File.Exists(Workspace.Image))
            throw new FileNotFoundException("out/serai is missing: './run build' makes it, './run test' does all that is needed");
        _logFile = Workspace.LogOf(test);
        _transcript = new Transcript(_logFile);
        _qemu = Process.Start(Command(settings)) ?? throw new InvalidOperationException("QEMU did not start");
        _guard = Process.Start(Guard(_qemu.Id)) ?? throw new InvalidOperationException("the shell did not start");
        _endurance = Endurance.Of(_qemu, work * settings.Processors);
        _reader = new Thread(ReadAll) { IsBackground = true, Name = "serial port" };
        _reader.Start();
        _qemu.ErrorDataReceived += (_, complaint) => Complain(complaint.Data);
        _qemu.BeginErrorReadLine();
    }

    /// <summary>What has been written so far.</summary>
    public Line[] Lines() => _transcript.Lines();

    /// <summary>The same as it came, with what a terminal would obey.</summary>
    public string Stream() => _transcript.Stream();

    /// <summary>Waits for a line that contains the text; fails, with the end of the transcript, if it does not come.</summary>
    public Line Expect(string text, int from = 0) =>
        Expect($"a line with '{text}'", line => line.Text.Contains(text, StringComparison.Ordinal), from);

    /// <summary>Waits for a line that satisfies a condition. A panic of the hypervisor ends the wait.</summary>
    public Line Expect(string what, Func<Line, bool> wanted, int from = 0) =>
        _transcript.Wait(wanted, line => line.Text.Contains(Expected.Panic, StringComparison.Ordinal), from, _endurance.Wait())
        ?? throw Failure($"{what} did not come");

    /// <summary>Waits for text that no newline ends, such as a menu or a prompt.</summary>
    public void ExpectUnfinished(string text)
    {
        Func<long, bool> isOver = _endurance.Wait();
        while (!_transcript.Tail(0).Contains(text, StringComparison.Ordinal))
        {
            if (_transcript.Ended || isOver(_transcript.Length))
                throw Failure($"'{text}' did not come");
            Thread.Sleep(50);
        }
    }

    /// <summary>Asks QEMU's own console until the answer is as it is to be.</summary>
    public void ExpectState(Monitor monitor, string question, Func<string, bool> wanted)
    {
        Func<long, bool> isOver = _endurance.Wait();
        for (string answer = monitor.Ask(question); !wanted(answer); answer = monitor.Ask(question))
        {
            if (isOver(_transcript.Length))
                throw Failure($"another answer to '{question}' than\n{answer}\ndid not come");
            Thread.Sleep(100);
        }
    }

    /// <summary>The processor time that QEMU has used so far, in seconds.</summary>
    public double ProcessorSeconds() => _endurance.Used.TotalSeconds;

    /// <summary>Waits until the machine has switched itself off.</summary>
    public void ExpectOff()
    {
        Func<long, bool> isOver = _endurance.Wait();
        while (!_qemu.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            if (isOver(_transcript.Length))
                throw Failure("the machine did not switch itself off");
        }
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

    /// <summary>Types without a pause, as a terminal answers: at most what a 16550's FIFO holds.</summary>
    public void TypeAtOnce(string keys)
    {
        _qemu.StandardInput.BaseStream.Write(Encoding.Latin1.GetBytes(keys));
        _qemu.StandardInput.BaseStream.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        double used = ProcessorSeconds();
        _guard.Kill(entireProcessTree: true);
        _guard.WaitForExit();
        if (!_qemu.HasExited)
            _qemu.Kill();
        _qemu.WaitForExit();
        _reader.Join();
        _transcript.Add($"\n(test) {used:F1} s of processor time\n");
        _qemu.Dispose();
        _guard.Dispose();
        _transcript.Dispose();
    }

    // When QEMU has ended by itself, its last complaint tells why; waiting for the exit also waits for that.
    private XunitException Failure(string what)
    {
        if (_transcript.Ended)
            _qemu.WaitForExit();
        string circumstances = _transcript.Ended ? "; the machine is off" : _endurance.Verdict is { } verdict ? " " + verdict : "";
        return new XunitException($"{what}{circumstances}. The end of {_logFile}:\n{_transcript.Tail(30)}");
    }

    private static ProcessStartInfo Command(MachineSettings settings) => new("qemu-system-x86_64", settings.Arguments())
    {
        WorkingDirectory = Workspace.Guests,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.Latin1,
    };

    // Killing a test run leaves no machine behind: this outlives us and ends it.
    private static ProcessStartInfo Guard(int machine) =>
        new("/bin/sh", ["-c", $"tail --pid={Environment.ProcessId} -f /dev/null; kill -KILL {machine}"]);

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
