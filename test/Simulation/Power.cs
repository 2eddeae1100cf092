using Serai.Simulation;

namespace Serai.Machine;

/// <summary>Turning the machine off and resetting it: noted, and then, as on a machine that does not obey, the call returns.</summary>
public static class Power
{
    /// <summary>ACPI S5.</summary>
    public static void Off() => Journal.Write(Act.PowerOff);

    /// <summary>Lets somebody read the console: nobody does.</summary>
    public static void WaitSeconds(uint seconds)
    {
    }

    /// <summary>The reset register of the chipset.</summary>
    public static void Reset() => Journal.Write(Act.Reset);
}
