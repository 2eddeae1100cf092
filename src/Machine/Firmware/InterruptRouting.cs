using System.Runtime.CompilerServices;

namespace Serai.Machine.Firmware;

/// <summary>
/// What the MADT tells of I/O APICs and of legacy interrupts whose line is another one or of another kind than usual (ACPI 6.5, 5.2.12). A line is
/// ACPI's global system interrupt: the lines of all chips, counted through.
/// </summary>
public static class InterruptRouting
{
    /// <summary>Chips beyond this number are not used.</summary>
    public const uint MaximumChips = 8;

    private const uint LegacyIrqs = 16;

    private struct State
    {
        public uint Told, Overridden;
        public Chips Chips;
        public Overrides Overrides;
    }

    [InlineArray((int)MaximumChips)]
    private struct Chips
    {
        private (ulong Address, uint FirstLine) element;
    }

    [InlineArray((int)LegacyIrqs)]
    private struct Overrides
    {
        private (uint Line, uint Flags) element;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>How many chips there are: one at the usual place where no table tells.</summary>
    public static uint ChipCount => Now.Told == 0 ? 1 : Now.Told;

    /// <summary>The physical address of a chip's registers.</summary>
    public static ulong AddressOf(uint chip) => Now.Told == 0 ? 0xfec0_0000 : Now.Chips[(int)chip].Address;

    /// <summary>The number of a chip's first line.</summary>
    public static uint FirstLineOf(uint chip) => Now.Told == 0 ? 0 : Now.Chips[(int)chip].FirstLine;

    /// <summary>The table tells of a chip.</summary>
    public static void AddChip(ulong address, uint firstLine)
    {
        if (Now.Told == MaximumChips)
            return;
        Now.Chips[(int)Now.Told++] = (address, firstLine);
    }

    /// <summary>The table tells that a legacy interrupt arrives at a line, and of which kind it is.</summary>
    public static void AddOverride(uint irq, uint line, uint kind)
    {
        if (irq >= LegacyIrqs)
            return;
        Now.Overrides[(int)irq] = (line, kind);
        Now.Overridden |= 1u << (int)irq;
    }

    /// <summary>The line of a legacy interrupt.</summary>
    public static uint LineOf(uint irq) => irq < LegacyIrqs && (Now.Overridden >> (int)irq & 1) != 0 ? Now.Overrides[(int)irq].Line : irq;

    /// <summary>Whether a line is of the level kind, as far as the firmware's tables tell: legacy ones are edges, those of PCI levels.</summary>
    public static bool IsLevel(uint line) => (KindOf(line) >> 2 & 3) switch { 1 => false, 3 => true, _ => line >= LegacyIrqs };

    /// <summary>Whether a line is asserted low: those of PCI are.</summary>
    public static bool IsActiveLow(uint line) => (KindOf(line) & 3) switch { 1 => false, 3 => true, _ => line >= LegacyIrqs };

    private static uint KindOf(uint line)
    {
        for (uint irq = 0; irq < LegacyIrqs; irq++)
        {
            if ((Now.Overridden >> (int)irq & 1) != 0 && Now.Overrides[(int)irq].Line == line)
                return Now.Overrides[(int)irq].Flags;
        }
        return 0;
    }
}
