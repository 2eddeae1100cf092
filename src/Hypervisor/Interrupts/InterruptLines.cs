using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Interrupts;

/// <summary>
/// The lines of the I/O APICs: which of them are bound to ports, and when each is masked.
///
/// Theory. A line that is not bound is masked. A bound one is unmasked, or awaited: masked until its guest says that the device has been served.
/// A level line is awaited from the moment when its interrupt is taken, since it would come again at once. An edge is ended at once and its line
/// stays open; only where an edge comes while the event of the one before still waits, its line becomes awaited too. So a guest that takes no
/// events, or serves no device, is interrupted for at most twice, and what a storm costs others is bounded by what its guest does of its own time.
/// Edges that come while their line is awaited are lost; so the guest's word that it has served the device raises the port once more.
///
/// All interrupts go to the first processor; the event finds the virtual CPU.
/// </summary>
public static class InterruptLines
{
    /// <summary>Bytes of memory for the tables.</summary>
    public const ulong Bytes = LineBytes * IoApic.MaximumLines + 2 * Vectors;

    private const ulong LineBytes = 24, Vectors = 256;

    /// <summary>Vectors for lines: below those of the hypervisor's own, which come first therefore, and without that of `int 0x80`.</summary>
    private const uint FirstVector = 0x30, VectorLimit = 0xe0, Int80 = 0x80;

    private static ref Table<InterruptLine> Lines => ref InterruptsState.Now.InterruptLinesLines;
    private static ref Table<ushort> LinesOfVectors => ref InterruptsState.Now.InterruptLinesLinesOfVectors;
    private static ref uint NextVector => ref InterruptsState.Now.InterruptLinesNextVector;
    private static ref uint Target => ref InterruptsState.Now.InterruptLinesTarget;

    /// <summary>Takes the memory for the tables, which is cleared.</summary>
    public static void Initialise(ulong memory)
    {
        Lines = new Table<InterruptLine>(memory, IoApic.MaximumLines);
        LinesOfVectors = new Table<ushort>(memory + LineBytes * IoApic.MaximumLines, Vectors);
    }

    /// <summary>All lines are masked, of the kind that the firmware tells; they will go to the processor with this identifier.</summary>
    public static void Start(uint identifier)
    {
        NextVector = FirstVector;
        Target = identifier;
        for (uint line = 0; line < IoApic.LineLimit; line++)
            SetKind(line, InterruptRouting.IsLevel(line), InterruptRouting.IsActiveLow(line));
    }

    /// <summary>Opens a line for the hypervisor itself, at a vector of its own.</summary>
    public static void Keep(uint line, uint vector)
    {
        if (!IoApic.Exists(line))
            return;
        Lines[line].State |= LineState.Hypervisors;
        IoApic.Route(line, vector, Target, Lines[line].Is(LineState.Level), Lines[line].Is(LineState.ActiveLow));
        IoApic.Unmask(line);
    }

    /// <summary>A line that there is.</summary>
    public static ref readonly InterruptLine At(uint line) => ref Lines[line];

    private static void SetKind(uint line, bool level, bool activeLow)
    {
        ref InterruptLine record = ref Lines[line];
        record.State &= ~(LineState.Level | LineState.ActiveLow);
        record.State |= (level ? LineState.Level : 0) | (activeLow ? LineState.ActiveLow : 0);
    }

    /// <summary>A domain says of which kind a line is. Errors: Inval, Exist where that was said before, or the line is in use.</summary>
    public static Errno SetUp(uint line, bool level, bool activeLow)
    {
        if (!IoApic.Exists(line))
            return Errno.Inval;
        if (Lines[line].Is(LineState.SetUp | LineState.Hypervisors | LineState.Bound))
            return Errno.Exist;
        SetKind(line, level, activeLow);
        Lines[line].State |= LineState.SetUp;
        return Errno.None;
    }

    /// <summary>Whether a line can be bound. Errors: Inval, Busy for the hypervisor's own or a bound one, NoSpc without a vector.</summary>
    public static Errno MayBind(uint line)
    {
        if (!IoApic.Exists(line))
            return Errno.Inval;
        if (Lines[line].Is(LineState.Hypervisors | LineState.Bound))
            return Errno.Busy;
        return Lines[line].Vector != 0 || NextVector < VectorLimit ? Errno.None : Errno.NoSpc;
    }

    /// <summary>Binds a line that can be bound to a port, and opens it.</summary>
    public static void Bind(uint line, ref Domain domain, uint irq, uint port)
    {
        ref InterruptLine record = ref Lines[line];
        record.Domain = Link<Domain>.To(ref domain);
        record.Irq = (ushort)irq;
        record.Port = port;
        record.Count = 0;
        record.State |= LineState.Bound;
        if (record.Vector == 0)
            GiveVector(line, ref record);
        IoApic.Route(line, record.Vector, Target, record.Is(LineState.Level), record.Is(LineState.ActiveLow));
        IoApic.Unmask(line);
    }

    private static void GiveVector(uint line, ref InterruptLine record)
    {
        record.Vector = (byte)NextVector;
        LinesOfVectors[NextVector] = (ushort)(line + 1);
        NextVector += NextVector + 1 == Int80 ? 2u : 1u;
    }

    /// <summary>Masks a bound line, and forgets its port.</summary>
    public static void Unbind(uint line)
    {
        IoApic.Mask(line);
        ref InterruptLine record = ref Lines[line];
        record.Domain = default;
        record.Port = 0;
        record.State &= ~(LineState.Bound | LineState.Awaited);
    }

    /// <summary>An interrupt has come: the line that it is of. False for one that was on its way when its line was masked for good.</summary>
    public static bool TryTake(uint vector, out uint line)
    {
        line = unchecked(LinesOfVectors[vector] - 1u);
        if (line == uint.MaxValue || !Lines[line].Is(LineState.Bound))
            return false;
        Lines[line].Count = unchecked(Lines[line].Count + 1);
        return true;
    }

    /// <summary>Masks a bound line until its guest has served the device, and shows the guest that it must tell.</summary>
    public static void Await(uint number)
    {
        ref InterruptLine line = ref Lines[number];
        IoApic.Mask(number);
        line.State |= LineState.Awaited;
        EoiMap.Set(ref line.Domain.Value, line.Irq);
    }

    /// <summary>
    /// The guest has served the device of a line: the next interrupt may come. True where one may have come meanwhile and been lost.
    /// </summary>
    public static bool End(uint number)
    {
        ref InterruptLine line = ref Lines[number];
        if (!line.Is(LineState.Awaited))
            return false;
        line.State &= ~LineState.Awaited;
        if (!line.Is(LineState.Level))
            EoiMap.Clear(ref line.Domain.Value, line.Irq);
        IoApic.Unmask(number);
        return !line.Is(LineState.Level);
    }
}
