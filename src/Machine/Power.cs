using Serai.Machine.Clock;
using Serai.Machine.Firmware;
using Serai.Machine.Processor;

namespace Serai.Machine;

/// <summary>Turning the machine off and resetting it; both return where the machine does not obey.</summary>
public static class Power
{
    /// <summary>ACPI S5.</summary>
    public static void Off()
    {
        if (Acpi.PowerPort != 0)
            Port.Out16(Acpi.PowerPort, Acpi.PowerValue);
        Wait();
    }

    /// <summary>The reset register of the chipset, then the keyboard controller.</summary>
    public static void Reset()
    {
        Port.Out8(0xcf9, 2);
        Port.Out8(0xcf9, 6);
        Wait();
        Port.Out8(0x64, 0xfe);
        Wait();
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
