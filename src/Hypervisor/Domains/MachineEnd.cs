using Serai.Abi;
using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Dumps;
using Serai.Hypervisor.Output;
using Serai.Machine;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Domains;

/// <summary>The end of the machine's run: power off or reset, or, with `noreboot`, a halt that leaves the screen as it is.</summary>
public static class MachineEnd
{
    /// <summary>Does to the machine what its initial domain did to itself.</summary>
    public static void Follow(ShutdownReason reason)
    {
        if (reason is ShutdownReason.PowerOff or ShutdownReason.Suspend)
            PowerOff();
        else
            Restart();
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

    /// <summary>Resets the machine.</summary>
    public static void Restart()
    {
        Serial.Waits = true;
        if (BootOptions.Chosen.NoReboot)
            Halt();
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
