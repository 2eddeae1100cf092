using System.Runtime.CompilerServices;

using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Interrupts;

/// <summary>
/// The I/O APICs (Intel 82093AA): each line's entry says to which vector of which processor it goes, and whether it is masked. All lines are masked
/// until somebody asks for one.
/// </summary>
// unsafe: device registers are read and written by address.
public static unsafe class IoApic
{
    /// <summary>Lines beyond this number stay masked for ever.</summary>
    public const uint MaximumLines = 256;

    /// <summary>The highest APIC identifier that a line can be sent to; the next one means all processors.</summary>
    public const uint HighestTarget = 254;

    private const uint Masked = 1 << 16, Level = 1 << 15, ActiveLow = 1 << 13;
    private const uint RegisterVersion = 1, FirstEntry = 0x10, Data = 0x10;

    private static readonly ulong[] registers = new ulong[InterruptRouting.MaximumChips];
    private static readonly uint[] counts = new uint[InterruptRouting.MaximumChips];
    private static readonly uint[] entries = new uint[MaximumLines];

    // Of each line: where its chip's registers are mapped, 0 for a line that no chip has, and which of them is the lower half of its entry.
    private static readonly ulong[] windows = new ulong[MaximumLines];
    private static readonly ushort[] places = new ushort[MaximumLines];

    /// <summary>All lines have numbers below this one; there may be gaps.</summary>
    public static uint LineLimit { get; private set; }

    /// <summary>Maps the chips, masks all their lines, and masks the two legacy controllers.</summary>
    public static void Initialise()
    {
        Port.Out8(0x21, 0xff);
        Port.Out8(0xa1, 0xff);
        for (uint chip = 0; chip < InterruptRouting.ChipCount; chip++)
            Open(chip);
    }

    private static void Open(uint chip)
    {
        registers[(int)chip] = HypervisorTables.MapDevice(InterruptRouting.AddressOf(chip));
        uint count = (Read(chip, RegisterVersion) >> 16 & 0xff) + 1;
        for (uint pin = 0; pin < count; pin++)
            Write(chip, FirstEntry + 2 * pin, Masked);
        counts[(int)chip] = count;
        uint first = InterruptRouting.FirstLineOf(chip);
        for (uint pin = 0; pin < count && first < MaximumLines && pin < MaximumLines - first; pin++)
            Place(first + pin, registers[(int)chip], FirstEntry + 2 * pin);
        uint end = first < MaximumLines && count < MaximumLines - first ? first + count : MaximumLines;
        if (first < MaximumLines && end > LineLimit)
            LineLimit = end;
    }

    /// <summary>How many there are.</summary>
    public static uint ChipCount => InterruptRouting.ChipCount;

    /// <summary>The frame that holds a chip's registers.</summary>
    public static Mfn FrameOf(uint chip) => Mfn.Of(new(InterruptRouting.AddressOf(chip)));

    // Of two chips that have a line, the first that was told of.
    private static void Place(uint line, ulong window, uint register)
    {
        if (windows[(int)line] == 0)
            (windows[(int)line], places[(int)line]) = (window, (ushort)register);
    }

    /// <summary>Whether a chip has that line.</summary>
    public static bool Exists(uint line) => TryFind(line, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFind(uint line, out ulong window)
    {
        window = line < MaximumLines ? windows[(int)line] : 0;
        return window != 0;
    }

    /// <summary>Sends a line to a vector of the processor with the given APIC identifier, once it is unmasked; it is masked now.</summary>
    public static void Route(uint line, uint vector, uint identifier, bool level, bool activeLow)
    {
        if (!TryFind(line, out ulong window))
            return;
        entries[(int)line] = vector | (level ? Level : 0) | (activeLow ? ActiveLow : 0);
        WriteAt(window, places[(int)line], entries[(int)line] | Masked);
        WriteAt(window, places[(int)line] + 1u, identifier << 24);
    }

    /// <summary>Lets a line's interrupts come; a level line that is asserted comes at once.</summary>
    public static void Unmask(uint line)
    {
        if (TryFind(line, out ulong window))
            WriteAt(window, places[(int)line], entries[(int)line]);
    }

    /// <summary>Keeps a line's interrupts away: once this has been done, none is sent.</summary>
    public static void Mask(uint line)
    {
        if (!TryFind(line, out ulong window))
            return;
        WriteAt(window, places[(int)line], entries[(int)line] | Masked);
        // Reading waits until the write has arrived.
        DeviceMemory.Read32(window + Data);
    }

    /// <summary>Reads a register of the chip at a physical address; false where there is no such chip, or no such register.</summary>
    public static bool TryRead(ulong address, uint register, out uint value)
    {
        value = 0;
        if (!TryFindChip(address, out uint chip) || (register > 2 && !IsEntry(chip, register)))
            return false;
        value = Read(chip, register);
        return true;
    }

    /// <summary>The line whose entry, or half of it, a register of the chip at a physical address is; false where it is none.</summary>
    public static bool TryLineOf(ulong address, uint register, out uint line)
    {
        line = 0;
        if (!TryFindChip(address, out uint chip) || !IsEntry(chip, register))
            return false;
        line = unchecked(InterruptRouting.FirstLineOf(chip) + (register - FirstEntry) / 2);
        return line < MaximumLines;
    }

    private static bool IsEntry(uint chip, uint register) => unchecked(register - FirstEntry) < 2 * counts[(int)chip];

    private static bool TryFindChip(ulong address, out uint chip)
    {
        for (chip = 0; chip < InterruptRouting.ChipCount; chip++)
        {
            if (InterruptRouting.AddressOf(chip) == address)
                return true;
        }
        return false;
    }

    // Inlined, a look at one bit would become a read of one byte (see DeviceMemory).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Read(uint chip, uint register)
    {
        *(uint*)registers[(int)chip] = register;
        return *(uint*)(registers[(int)chip] + Data);
    }

    private static void Write(uint chip, uint register, uint value) => WriteAt(registers[(int)chip], register, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteAt(ulong window, uint register, uint value)
    {
        DeviceMemory.Write32(window, register);
        DeviceMemory.Write32(window + Data, value);
    }
}
