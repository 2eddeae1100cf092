using System;

namespace Serai.Machine.Firmware;

/// <summary>
/// What the FADT tells of the machine's own registers (ACPI 6.5, 5.2.9): how to power off and reset, a timer, and which legacy devices there are. The
/// wide (X_) fields count where they are filled in. Hardware-reduced machines have none of the PM1 registers, and a sleep control register instead.
/// Where no table tells, there are the devices that every PC had, and no registers.
/// </summary>
public struct FixedHardware
{
    private const uint HasResetRegister = 1 << 10, TimerIs32Bits = 1 << 8, HardwareReduced = 1 << 20;
    private const uint Has8042 = 1 << 1, HasNoBatteryClock = 1 << 5;
    private const byte FirstRevisionThatTells = 3;

    /// <summary>PM1a and PM1b control.</summary>
    public HardwareAddress PowerA, PowerB;

    /// <summary>The sleep control register of hardware-reduced machines.</summary>
    public HardwareAddress SleepControl;

    /// <summary>Where <see cref="ResetValue"/> resets the machine.</summary>
    public HardwareAddress Reset;

    /// <summary>See <see cref="Reset"/>.</summary>
    public byte ResetValue;

    /// <summary>A counter of 3,579,545 Hz (ACPI 6.5, 4.8.3.3).</summary>
    public HardwareAddress Timer;

    /// <summary>The bits in which it counts: 24 or 32.</summary>
    public uint TimerMask;

    /// <summary>The firmware says that there is none.</summary>
    public bool LacksBatteryClock, LacksKeyboardController;

    /// <summary>Where the DSDT lies.</summary>
    public ulong DefinitionBlock;

    /// <summary>Where the FACS lies, or 0.</summary>
    public ulong ControlStructure;

    /// <summary>Reads a FADT of any revision and length.</summary>
    public static FixedHardware Read(ReadOnlySpan<byte> table)
    {
        FixedHardware hardware = default;
        uint flags = FirmwareBytes.Word(table, 112);
        bool isReduced = (flags & HardwareReduced) != 0;
        ulong wideBlock = FirmwareBytes.Long(table, 140);
        ulong wideControl = FirmwareBytes.Long(table, 132);
        hardware.ControlStructure = wideControl != 0 ? wideControl : FirmwareBytes.Word(table, 36);
        hardware.DefinitionBlock = wideBlock != 0 ? wideBlock : FirmwareBytes.Word(table, 40);
        if ((flags & HasResetRegister) != 0)
            hardware.Reset = HardwareAddress.Read(table, 116);
        hardware.ResetValue = (byte)FirmwareBytes.Byte(table, 128);
        if (FirmwareBytes.Byte(table, 8) >= FirstRevisionThatTells)
        {
            uint devices = FirmwareBytes.Half(table, 109);
            hardware.LacksBatteryClock = (devices & HasNoBatteryClock) != 0;
            hardware.LacksKeyboardController = (devices & Has8042) == 0;
        }
        if (isReduced)
        {
            hardware.SleepControl = HardwareAddress.Read(table, 244);
            return hardware;
        }
        hardware.PowerA = HardwareAddress.Read(table, 172).Or(HardwareAddress.OfPort(FirmwareBytes.Word(table, 64)));
        hardware.PowerB = HardwareAddress.Read(table, 184).Or(HardwareAddress.OfPort(FirmwareBytes.Word(table, 68)));
        hardware.Timer = HardwareAddress.Read(table, 208).Or(HardwareAddress.OfPort(FirmwareBytes.Word(table, 76)));
        hardware.TimerMask = (flags & TimerIs32Bits) != 0 ? uint.MaxValue : 0xff_ffffu;
        return hardware;
    }
}
