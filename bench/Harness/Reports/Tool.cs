using System.ComponentModel;
using System.Diagnostics;

namespace Serai.Bench.Reports;

/// <summary>Other programs, asked something.</summary>
public static class Tool
{
    /// <summary>All that a program says, or nothing where it is not there.</summary>
    public static string[] Lines(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return said.TrimEnd().Split('\n');
        }
        catch (Win32Exception)
        {
            return [""];
        }
    }

    /// <summary>The first line that a program says.</summary>
    public static string FirstLine(string program, params string[] arguments) => Lines(program, arguments)[0].Trim();
}
