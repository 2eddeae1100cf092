using Serai.Machine.Clock;
using Serai.Machine.Firmware;
using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>Turning the machine off and resetting it.</summary>
public static class Power
{
    /// <summary>ACPI S5; returns where the machine does not obey.</summary>
    public static void Off()
    {
        PowerRegisters.Off();
        Wait();
    }

    /// <summary>
    /// ACPI's reset register, that of the chipset, the keyboard controller; at last a fault that the processor can report to nobody, which resets
    /// every machine.
    /// </summary>
    public static void Reset()
    {
        PowerRegisters.Reset();
        Wait();
        Port.Out8(0xcf9, 2);
        Port.Out8(0xcf9, 6);
        Wait();
        if (!Acpi.Hardware.LacksKeyboardController)
        {
            Port.Out8(0x64, 0xfe);
            Wait();
        }
        Instructions.TripleFault();
    }

    /// <summary>Lets somebody read the console; no time where it cannot be told yet.</summary>
    public static void WaitSeconds(uint seconds)
    {
        for (ulong began = TimeSource.Now; TimeSource.Hertz != 0 && unchecked(TimeSource.Now - began) / TimeSource.Hertz < seconds;)
            Instructions.Pause();
    }

    private static void Wait()
    {
        for (int turn = 0; turn < 1_000_000; turn++)
            Instructions.Pause();
    }
}
