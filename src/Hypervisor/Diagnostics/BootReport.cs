using Serai.Abi;
using Serai.Hypervisor.Output;
using Serai.Machine.Firmware;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>What loader and firmware told, for loglvl=info and beyond.</summary>
public static class BootReport
{
    /// <summary>Writes the memory map, the modules and the interrupt controllers.</summary>
    public static void Write()
    {
        Log.Info().Text("loaded by "u8).Foreign(BootInformation.LoaderName).End();
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            Log.Info().Text("memory map: "u8).Hex(entry.Address, 10).Text(" + "u8).Hex(entry.Size, 10)
                .Text(" type "u8).Number((ulong)entry.Type).End();
        }
        for (int index = 0; index < BootInformation.ModuleCount; index++)
        {
            ref readonly BootModule module = ref BootInformation.Module(index);
            Log.Info().Text("module "u8).Number((ulong)index).Text(" at "u8).Hex(module.Address).Text(", "u8).Number(module.Length)
                .Text(" bytes: "u8).Foreign(BootInformation.Line(module)).End();
        }
        for (uint chip = 0; chip < InterruptRouting.ChipCount; chip++)
        {
            Log.Info().Text("I/O APIC at "u8).Hex(InterruptRouting.AddressOf(chip)).Text(", its first line is "u8)
                .Number(InterruptRouting.FirstLineOf(chip)).End();
        }
        FixedHardware hardware = Acpi.Hardware;
        Log.Info().Text("power-off port "u8).Hex(hardware.PowerA.Address).Text(", sleep control register "u8).Hex(hardware.SleepControl.Address)
            .Text(", reset register "u8).Hex(hardware.Reset.Address).End();
    }
}
