using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Pci;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Interrupts;

/// <summary>
/// The sources of interrupts, lines of the I/O APICs and messages of PCI functions: which of them are bound to ports, and when each is masked.
///
/// Theory. A source that is not bound is masked. A bound one is unmasked, or awaited: masked until its guest says that the device has been served.
/// A level line is awaited from the moment when its interrupt is taken, since it would come again at once. An edge is ended at once and its source
/// stays open; only where edges come while the event of the one before still waits, its source becomes awaited too: a line at the first such edge, a
/// message, which some devices send for each thing that they have done and which is dear to mask, at the eighth in a row. So a guest that takes no
/// events, or serves no device, is interrupted a few times, and what a storm costs others is bounded by what its guest does of its own time.
/// Edges that come while their source is awaited are lost; so the guest's word that it has served the device raises the port once more.
///
/// A source interrupts the processor where the virtual CPU was that its port was bound to. Where it is elsewhere, four times in a row, the source
/// follows: an edge before its event is raised, so that one that is lost meanwhile is seen, a level line when it is opened again, since its chip
/// waits for the end of the interrupt at the vector that it came at.
/// </summary>
public static class InterruptSources
{
    /// <summary>Bytes of memory for the table.</summary>
    public const ulong Bytes = SourceBytes * Count;

    /// <summary>Messages that can be mapped; their sources' numbers come behind those of lines.</summary>
    private const uint MostMessages = 1024, FirstMessage = IoApic.MaximumLines, Count = FirstMessage + MostMessages;

    private const ulong SourceBytes = 32;
    private const byte MostUnheardMessages = 8, MostStrayed = 4;

    private static ref Table<InterruptSource> Sources => ref InterruptsState.Now.InterruptSourcesSources;
    private static ref uint Target => ref InterruptsState.Now.InterruptSourcesTarget;

    /// <summary>Takes the memory for the table, which is cleared.</summary>
    public static void Initialise(ulong memory) => Sources = new Table<InterruptSource>(memory, Count);

    /// <summary>All lines are masked, of the kind that the firmware tells; the hypervisor's own go to the processor with this identifier.</summary>
    public static void Start(uint identifier)
    {
        Target = identifier;
        for (uint line = 0; line < IoApic.LineLimit; line++)
            SetKind(line, InterruptRouting.IsLevel(line), InterruptRouting.IsActiveLow(line));
    }

    /// <summary>Opens a line for the hypervisor itself, at a vector of its own.</summary>
    public static void Keep(uint line, uint vector)
    {
        if (!IoApic.Exists(line))
            return;
        Sources[line].State |= SourceState.Hypervisors;
        IoApic.Route(line, vector, Target, Sources[line].Is(SourceState.Level), Sources[line].Is(SourceState.ActiveLow));
        IoApic.Unmask(line);
    }

    /// <summary>A source that there is.</summary>
    public static ref readonly InterruptSource At(uint source) => ref Sources[source];

    private static bool IsLine(uint source) => source < FirstMessage;

    private static void SetKind(uint line, bool level, bool activeLow)
    {
        ref InterruptSource record = ref Sources[line];
        record.State &= ~(SourceState.Level | SourceState.ActiveLow);
        record.State |= (level ? SourceState.Level : 0) | (activeLow ? SourceState.ActiveLow : 0);
    }

    /// <summary>A domain says of which kind a line is. Errors: Inval, Exist where that was said before, or the line is in use.</summary>
    public static Errno SetUp(uint line, bool level, bool activeLow)
    {
        if (!IoApic.Exists(line))
            return Errno.Inval;
        if (Sources[line].Is(SourceState.SetUp | SourceState.Hypervisors | SourceState.Bound))
            return Errno.Exist;
        SetKind(line, level, activeLow);
        Sources[line].State |= SourceState.SetUp;
        return Errno.None;
    }

    /// <summary>
    /// Takes a message of the function at an address as a source, masked: an entry of its table, or the one of its MSI capability. Errors: NoDev,
    /// NoMem, Inval, NxIo, Busy as of <see cref="Messages.Take"/>, Exist where it is a source already, NoSpc.
    /// </summary>
    public static Errno TakeMessage(PciAddress address, bool byTable, uint entry, out uint source)
    {
        source = 0;
        Errno error = PciFunctions.Meet(address, out uint function);
        if (error != Errno.None)
            return error;
        uint free = 0;
        Preemption.Charge(Cost.RecordPassed, MostMessages);
        for (uint other = FirstMessage; other < Count; other++)
        {
            ref readonly InterruptSource record = ref Sources[other];
            if (!record.Is(SourceState.Taken))
                free = free == 0 ? other : free;
            else if (record.Function == function && record.Entry == entry)
                return Errno.Exist;
        }
        if (free == 0)
            return Errno.NoSpc;
        error = Messages.Take(function, byTable, entry);
        if (error != Errno.None)
            return error;
        ref InterruptSource taken = ref Sources[free];
        taken = new InterruptSource { Function = (ushort)function, Entry = (ushort)entry, State = SourceState.Taken };
        if (!TryPlace(free, ref taken, 0))
        {
            Messages.Return(function);
            taken = default;
            return Errno.NoSpc;
        }
        source = free;
        return Errno.None;
    }

    /// <summary>Gives back a message that is not bound.</summary>
    public static void ReturnMessage(uint source)
    {
        ref InterruptSource record = ref Sources[source];
        Messages.Return(record.Function);
        Vectors.Return(record.Processor, record.Vector);
        record = default;
    }

    /// <summary>
    /// Makes a source ready to be bound to a port whose virtual CPU is a processor's. Errors: Inval, Busy for the hypervisor's own or a bound one,
    /// NoSpc where no processor has a vector left.
    /// </summary>
    public static Errno Prepare(uint source, uint processor)
    {
        if (IsLine(source) && !IoApic.Exists(source))
            return Errno.Inval;
        ref InterruptSource record = ref Sources[source];
        if (record.Is(SourceState.Hypervisors | SourceState.Bound))
            return Errno.Busy;
        // A line that had a vector keeps it: its chip may wait for the end of an interrupt that is on its way to it.
        if (record.Vector == 0 || !IsLine(source))
            return TryPlace(source, ref record, processor) ? Errno.None : Errno.NoSpc;
        Route(source);
        return Errno.None;
    }

    /// <summary>Binds a source that is ready to a port, and opens it.</summary>
    public static void Bind(uint source, ref Domain domain, uint irq, uint port)
    {
        ref InterruptSource record = ref Sources[source];
        record.Domain = Link<Domain>.To(ref domain);
        record.Irq = (ushort)irq;
        record.Port = port;
        record.Count = 0;
        record.Unheard = record.Strayed = 0;
        record.State |= SourceState.Bound;
        Unmask(source);
    }

    /// <summary>Has a masked source interrupt a processor, or where that is not possible any; false where no processor has a vector left.</summary>
    private static bool TryPlace(uint source, ref InterruptSource record, uint processor)
    {
        bool isPlaced = TryMove(source, ref record, processor) || record.Vector != 0;
        for (uint other = 0; !isPlaced && other < Processors.All.Length; other++)
            isPlaced = TryMove(source, ref record, other);
        return isPlaced;
    }

    /// <summary>Has a masked source interrupt a processor; false where that is not possible.</summary>
    private static bool TryMove(uint source, ref InterruptSource record, uint processor)
    {
        if (record.Vector != 0 && record.Processor == processor)
        {
            Route(source);
            return true;
        }
        if (Processors.All[processor].Value.ApicIdentifier > IoApic.HighestTarget || !Vectors.TryGive(processor, source, out byte vector))
            return false;
        if (record.Vector != 0)
            Vectors.Return(record.Processor, record.Vector);
        (record.Processor, record.Vector) = ((byte)processor, vector);
        Route(source);
        return true;
    }

    private static void Route(uint source)
    {
        ref readonly InterruptSource record = ref Sources[source];
        uint identifier = Processors.All[record.Processor].Value.ApicIdentifier;
        if (IsLine(source))
            IoApic.Route(source, record.Vector, identifier, record.Is(SourceState.Level), record.Is(SourceState.ActiveLow));
        else
            Messages.Route(record.Function, record.Entry, record.Vector, identifier);
    }

    private static void Mask(uint source)
    {
        if (IsLine(source))
            IoApic.Mask(source);
        else
            Messages.Mask(Sources[source].Function, Sources[source].Entry);
    }

    private static void Unmask(uint source)
    {
        if (IsLine(source))
            IoApic.Unmask(source);
        else
            Messages.Unmask(Sources[source].Function, Sources[source].Entry);
    }

    /// <summary>Masks a bound source, and forgets its port.</summary>
    public static void Unbind(uint source)
    {
        Mask(source);
        ref InterruptSource record = ref Sources[source];
        record.Domain = default;
        record.Port = 0;
        record.State &= ~(SourceState.Bound | SourceState.Awaited);
    }

    /// <summary>
    /// An interrupt has come to a processor: the source that it is of. False for one that was on its way when its source was masked for good.
    /// </summary>
    public static bool TryTake(uint processor, uint vector, out uint source)
    {
        if (!Vectors.TryFind(processor, vector, out source) || !Sources[source].Is(SourceState.Bound))
            return false;
        Sources[source].Count = unchecked(Sources[source].Count + 1);
        return true;
    }

    /// <summary>
    /// Decides of an interrupt that was taken whether its source is awaited from now on: whether the event of the one before waits, is told.
    /// </summary>
    public static void Note(uint source, bool isWaiting)
    {
        ref InterruptSource record = ref Sources[source];
        record.Unheard = (byte)(isWaiting ? record.Unheard + 1 : 0);
        if (record.Is(SourceState.Level) || record.Unheard >= (IsLine(source) ? 1 : MostUnheardMessages))
            Await(source, ref record);
    }

    /// <summary>Masks a bound source until its guest has served the device, and shows the guest that it must tell: of a line by level it always must,
    /// as long as it is bound (<see cref="PhysicalInterrupts.Bind"/>), and its kind does not change meanwhile.</summary>
    private static void Await(uint source, ref InterruptSource record)
    {
        Mask(source);
        record.Unheard = 0;
        record.State |= SourceState.Awaited;
        if (!record.Is(SourceState.Level))
            EoiMap.Set(ref record.Domain.Value, record.Irq);
    }

    /// <summary>
    /// An interrupt has come to one processor, and its virtual CPU is another's. Where that happens again and again the source follows.
    /// </summary>
    public static void Follow(uint source, uint processor)
    {
        ref InterruptSource record = ref Sources[source];
        if (record.Processor == processor)
        {
            record.Strayed = 0;
            return;
        }
        if (record.Strayed < MostStrayed)
            record.Strayed++;
        if (record.Strayed < MostStrayed || record.Is(SourceState.Level))
            return;
        record.Strayed = 0;
        Mask(source);
        TryMove(source, ref record, processor);
        if (!record.Is(SourceState.Awaited))
            Unmask(source);
    }

    /// <summary>
    /// The guest has served the device of a source, and its virtual CPU is a processor's: the next interrupt may come. True where one may have come
    /// meanwhile and been lost.
    /// </summary>
    public static bool End(uint source, uint processor)
    {
        ref InterruptSource record = ref Sources[source];
        if (!record.Is(SourceState.Awaited))
            return false;
        record.State &= ~SourceState.Awaited;
        if (!record.Is(SourceState.Level))
            EoiMap.Clear(ref record.Domain.Value, record.Irq);
        if (record.Strayed == MostStrayed && record.Processor != processor)
        {
            record.Strayed = 0;
            TryMove(source, ref record, processor);
        }
        Unmask(source);
        return !record.Is(SourceState.Level);
    }

    /// <summary>
    /// The registers of a function may have been reset (PHYSDEVOP_restore_msi): its messages go again where they went. Errors: NoDev; Restart where
    /// the rest is for later, at least one having been written: the function's record tells where to go on.
    /// </summary>
    public static Errno Restore(PciAddress address)
    {
        Errno error = PciFunctions.Meet(address, out uint number);
        if (error != Errno.None)
            return error;
        ref PciFunction function = ref PciFunctions.At(number);
        if (function.Restored == 0)
            Messages.BeginRestoring(number);
        Preemption.Charge(Cost.RecordPassed, MostMessages);
        for (uint index = function.Restored; index < MostMessages; index++)
        {
            ref readonly InterruptSource record = ref Sources[FirstMessage + index];
            if (!record.Is(SourceState.Taken) || record.Function != number)
                continue;
            Route(FirstMessage + index);
            if (record.Is(SourceState.Bound) && !record.Is(SourceState.Awaited))
                Unmask(FirstMessage + index);
            function.Restored = (ushort)(index + 1);
            if (Preemption.IsDue)
                return Errno.Restart;
        }
        function.Restored = 0;
        return Errno.None;
    }
}
