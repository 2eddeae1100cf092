using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Firmware;

/// <summary>
/// The registers by which ACPI turns a machine off and resets it (ACPI 6.5, 4.8.3.2, 4.8.3.6, 4.8.3.7). Those in memory are mapped at the start,
/// since a machine that ends may be one that can map nothing any more.
/// </summary>
public static class PowerRegisters
{
    private const uint SleepEnable = 1 << 13;
    private const uint SleepControlEnable = 1 << 5;

    private struct State
    {
        public ulong SleepPlace, ResetPlace;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>Maps the registers that lie in memory.</summary>
    public static void Initialise()
    {
        FixedHardware hardware = Acpi.Hardware;
        Now.SleepPlace = hardware.SleepControl.IsMemory ? DeviceMemory.Map(hardware.SleepControl.Address) : 0;
        Now.ResetPlace = hardware.Reset.IsMemory ? DeviceMemory.Map(hardware.Reset.Address) : 0;
    }

    /// <summary>Asks for S5: of PM1 control, or of the sleep control register where there is no such block. Returns where nothing obeys.</summary>
    public static void Off()
    {
        if (!Acpi.TryGetOff(out SleepTypes types))
            return;
        FixedHardware hardware = Acpi.Hardware;
        if (hardware.SleepControl.Exists)
            Write(hardware.SleepControl, Now.SleepPlace, (byte)((uint)types.First << 2 | SleepControlEnable));
        if (hardware.PowerA.IsPort)
            Port.Out16((ushort)hardware.PowerA.Address, (ushort)((uint)types.First << 10 | SleepEnable));
        if (hardware.PowerB.IsPort)
            Port.Out16((ushort)hardware.PowerB.Address, (ushort)((uint)types.Second << 10 | SleepEnable));
    }

    /// <summary>Writes to the reset register, if there is one.</summary>
    public static void Reset()
    {
        FixedHardware hardware = Acpi.Hardware;
        if (hardware.Reset.Exists)
            Write(hardware.Reset, Now.ResetPlace, hardware.ResetValue);
    }

    private static void Write(in HardwareAddress register, ulong place, byte value)
    {
        if (register.IsPort)
            Port.Out8((ushort)register.Address, value);
        else if (place != 0)
            DeviceMemory.Write8(place, value);
    }
}
