using System.Diagnostics;
using System.Threading.Tasks;

namespace Serai.Package.Tests;

/// <summary>Programs that are run to their end.</summary>
internal static class Shell
{
    /// <summary>Runs bash with a script at the root of the repository.</summary>
    public static Outcome Bash(string script, params string[] words) =>
        Run(new ProcessStartInfo("bash", ["-euc", script, "bash", .. words]) { WorkingDirectory = Repository.Root });

    /// <summary>Runs a program.</summary>
    public static Outcome Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process program = Process.Start(start)!;
        Task<string> messages = program.StandardError.ReadToEndAsync();
        string output = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        return new Outcome(program.ExitCode, output.Split('\n'), messages.Result);
    }
}
