using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;

namespace Serai.Emulators;

/// <summary>A machine under QEMU, with its serial port on a pipe or in a file.</summary>
public class QemuMachine : EmulatedMachine
{
    private readonly Process _qemu;
    private readonly Process _guard;
    private readonly Thread _reader;
    private readonly string? _consoleFile;
    private readonly StringBuilder _complaints = new();

    /// <summary>Starts the machine.</summary>
    /// <param name="machine">What it is made of and boots.</param>
    /// <param name="transcript">Gathers what it writes, and is ended with the machine.</param>
    /// <param name="endurance">When to give QEMU's process up.</param>
    public QemuMachine(MachineDescription machine, Transcript transcript, Func<Process, Endurance> endurance)
        : base(transcript)
    {
        _consoleFile = machine.ConsoleFile;
        if (_consoleFile is not null)
            File.WriteAllBytes(_consoleFile, []);
        _qemu = Process.Start(Command(machine)) ?? throw new InvalidOperationException("QEMU did not start");
        _guard = Process.Start(Guard(_qemu.Id)) ?? throw new InvalidOperationException("the shell did not start");
        Endurance = endurance(_qemu);
        _reader = new Thread(_consoleFile is null ? ReadPipe : ReadFile) { IsBackground = true, Name = "serial port" };
        _reader.Start();
        _qemu.ErrorDataReceived += (_, complaint) => Complain(complaint.Data);
        _qemu.BeginErrorReadLine();
    }

    /// <summary>The processor time that QEMU has used so far, in seconds.</summary>
    public double ProcessorSeconds() => Endurance.Used.TotalSeconds;

    /// <summary>What QEMU has said itself, a line each.</summary>
    public string Complaints
    {
        get
        {
            lock (_complaints)
                return _complaints.ToString();
        }
    }

    /// <summary>Asks QEMU's own console until the answer is as it is to be.</summary>
    public void ExpectState(Monitor monitor, string question, Func<string, bool> wanted)
    {
        Func<long, bool> isOver = Endurance.Wait();
        for (string answer = monitor.Ask(question); !wanted(answer); answer = monitor.Ask(question))
        {
            if (isOver(Transcript.Length))
                throw Failure($"another answer to '{question}' than\n{answer}\ndid not come");
            Thread.Sleep(100);
        }
    }

    /// <summary>Waits until the machine has switched itself off.</summary>
    public void ExpectOff()
    {
        if (!HasEnded())
            throw Failure("the machine did not switch itself off");
    }

    /// <summary>Waits until QEMU has ended; null when it did so by itself and well, or what went wrong.</summary>
    public string? WaitForEnd()
    {
        if (!HasEnded())
            return $"did not end {Endurance.Verdict}";
        _reader.Join();
        return _qemu.ExitCode == 0 ? null : $"QEMU ended with status {_qemu.ExitCode}";
    }

    /// <summary>Types on the serial port, slowly enough for a 16550 without flow control.</summary>
    public override void Type(string keys)
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
    protected override Endurance Endurance { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        double used = ProcessorSeconds();
        _guard.Kill(entireProcessTree: true);
        _guard.WaitForExit();
        if (!_qemu.HasExited)
            _qemu.Kill();
        _qemu.WaitForExit();
        _reader.Join();
        Transcript.Add($"\n(test) {used:F1} s of processor time\n");
        _qemu.Dispose();
        _guard.Dispose();
        base.Dispose(disposing);
    }

    // When QEMU has ended by itself, its last complaint tells why; waiting for the exit also waits for that.
    /// <inheritdoc/>
    protected override string OwnWords()
    {
        if (Transcript.Ended)
            _qemu.WaitForExit();
        return "";
    }

    private bool HasEnded()
    {
        Func<long, bool> isOver = Endurance.Wait();
        while (!_qemu.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            if (isOver(Transcript.Length))
                return false;
        }
        _qemu.WaitForExit();
        return true;
    }

    private static ProcessStartInfo Command(MachineDescription machine) => new(QemuCommand.Program, QemuCommand.Arguments(machine))
    {
        WorkingDirectory = machine.Directory,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.Latin1,
    };

    // Killing a run leaves no machine behind: this outlives us and ends it.
    private static ProcessStartInfo Guard(int machine) =>
        new("/bin/sh", ["-c", $"tail --pid={Environment.ProcessId} -f /dev/null; kill -KILL {machine}"]);

    private void ReadPipe()
    {
        var buffer = new char[4096];
        for (int count; (count = _qemu.StandardOutput.Read(buffer)) > 0;)
            Transcript.Add(buffer.AsSpan(0, count));
        Transcript.End();
    }

    // What QEMU wrote before it ended is there when its end is seen, so the file is read once more after that.
    private void ReadFile()
    {
        using var file = new FileStream(_consoleFile!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[65536];
        for (bool ended = false; !ended;)
        {
            ended = _qemu.WaitForExit(TimeSpan.FromMilliseconds(100));
            for (int count; (count = file.Read(buffer)) > 0;)
                Transcript.Add(Encoding.Latin1.GetString(buffer, 0, count));
        }
        Transcript.End();
    }

    // An unsupported processor feature under emulation is QEMU's to warn about and no fault of the test's.
    private void Complain(string? text)
    {
        if (text is null || text.Contains("TCG doesn't support requested feature", StringComparison.Ordinal))
            return;
        lock (_complaints)
            _complaints.AppendLine(text);
        Transcript.Add($"qemu: {text}\n");
    }
}
