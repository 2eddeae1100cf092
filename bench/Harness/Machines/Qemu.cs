using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace Serai.Bench.Machines;

/// <summary>Runs QEMU until the guest resets its machine.</summary>
public static class Qemu
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(10);

    /// <summary>Boots; null when QEMU ended by itself and well, or what went wrong. What QEMU says goes to <paramref name="log"/>.</summary>
    public static async Task<string?> Run(QemuCommand command, string log, TimeSpan patience)
    {
        var start = new ProcessStartInfo("qemu-system-x86_64")
        {
            WorkingDirectory = command.Output, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (string word in command.Arguments())
            start.ArgumentList.Add(word);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("QEMU did not start");
        process.StandardInput.Close();
        Task<string> said = process.StandardOutput.ReadToEndAsync(), complained = process.StandardError.ReadToEndAsync();
        string? trouble = await Wait(process, patience);
        await File.WriteAllTextAsync(log, string.Join(' ', start.ArgumentList) + "\n" + await said + await complained);
        return trouble;
    }

    // The limit is in processor time: a busy host takes nothing of it. An idle machine waits for nothing.
    private static async Task<string?> Wait(Process process, TimeSpan patience)
    {
        Task ended = process.WaitForExitAsync();
        TimeSpan seen = TimeSpan.Zero;
        DateTime moved = DateTime.UtcNow;
        while (await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(1))) != ended)
        {
            TimeSpan used = ProcessorTime(process);
            if (used > seen + TimeSpan.FromSeconds(1))
                (seen, moved) = (used, DateTime.UtcNow);
            bool idles = DateTime.UtcNow - moved > IdleTime;
            if (used < patience && !idles)
                continue;
            process.Kill();
            await ended;
            return idles ? $"idled for {IdleTime.TotalMinutes:F0} minutes" : $"did not end within {patience.TotalSeconds:F0} s of processor time";
        }
        return process.ExitCode == 0 ? null : $"QEMU ended with status {process.ExitCode}";
    }

    private static TimeSpan ProcessorTime(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return TimeSpan.Zero;
        }
    }
}
