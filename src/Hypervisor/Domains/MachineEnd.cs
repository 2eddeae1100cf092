using Serai.Abi;
using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Dumps;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Domains;

/// <summary>The end of the machine's run: power off or reset, or a halt that leaves the screen as it is.</summary>
public static class MachineEnd
{
    /// <summary>How long the console can be read before a restart that nobody asked for.</summary>
    private const uint SecondsToRead = 5;

    /// <summary>
    /// Does to the machine what its initial domain did to itself. The others end with it: no processor goes on, and a line for each says so, behind
    /// what it still had to say.
    /// </summary>
    public static void Follow(ShutdownReason reason)
    {
        ApplicationProcessors.StopOthers(Processors.All);
        Serial.Waits = true;
        for (ulong id = 0; id < DomainTable.All.Length; id++)
        {
            Link<Domain> domain = DomainTable.All[id];
            if (!domain.IsNull && domain.Value.Stage == DomainStage.Alive)
                EndWithTheMachine(ref domain.Value);
        }
        if (reason is ShutdownReason.PowerOff or ShutdownReason.Suspend)
            PowerOff();
        else if (reason is ShutdownReason.Crash or ShutdownReason.Watchdog)
            RestartAfterFault();
        else
            Restart();
    }

    private static void EndWithTheMachine(ref Domain domain)
    {
        GuestConsole.ShowLastWords(ref domain);
        Log.Always().Text("domain "u8).Name(domain).Text(": ends with the machine"u8).End();
    }

    /// <summary>Turns the machine off, where its firmware says how; else stops it.</summary>
    public static void PowerOff()
    {
        Serial.Waits = true;
        if (LockWatch.IsOn)
            LockReport.Write();
        Log.Always().Text("power off"u8).End();
        Serial.Finish();
        Power.Off();
        Halt();
    }

    /// <summary>
    /// What ended was not asked for: there is time to read why, and with `noreboot` no end to it. Where that itself fails there is no second wait,
    /// then no word, and at last nothing more.
    /// </summary>
    public static void RestartAfterFault()
    {
        uint turn = DomainsState.Now.MachineEndTurns++;
        if (turn > 1)
        {
            if (turn == 2 && !BootOptions.Chosen.NoReboot)
                Power.Reset();
            Instructions.Halt();
        }
        if (BootOptions.Chosen.NoReboot)
            Halt();
        if (turn == 1)
            Restart();
        Log.Always().Text("the machine restarts in five seconds"u8).End();
        Serial.Finish();
        Power.WaitSeconds(SecondsToRead);
        Restart();
    }

    /// <summary>Resets the machine.</summary>
    public static void Restart()
    {
        Serial.Waits = true;
        Log.Always().Text("restart"u8).End();
        Serial.Finish();
        Power.Reset();
        Halt();
    }

    /// <summary>Stops for good, with all that was said told.</summary>
    public static void Halt()
    {
        Log.Always().Text("the machine is halted"u8).End();
        Serial.Finish();
        Instructions.Halt();
    }
}
