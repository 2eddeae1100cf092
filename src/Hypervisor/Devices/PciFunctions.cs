using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Devices;

/// <summary>
/// The PCI functions that can interrupt by messages, as far as they have been met: told of by the domain with hardware, or written to by it. What a
/// function says of itself is a device's word: each number is checked, each list has an end.
///
/// Theory. A message is a write of a device's: its address says which processor is interrupted, its data at which vector. So whoever writes these two
/// interrupts anybody. The hypervisor alone does: what the domain writes of a function's capabilities goes through <see cref="ConfigurationWrites"/>,
/// and the frames of MSI-X tables are not mapped writable from the moment when their function is known. Where a table lies says a base address
/// register; so it is looked at again whenever that has been written.
/// </summary>
public static class PciFunctions
{
    /// <summary>Functions that can be known.</summary>
    public const uint Capacity = 1024;

    /// <summary>Bytes of memory for the table.</summary>
    public const ulong Bytes = Capacity * 32;

    private const uint Identity = 0, Command = 4, HeaderKind = 0xc, FirstBase = 0x10, Buses = 0x18, FirstCapability = 0x34;
    private const uint MsiKind = 5, MsiXKind = 0x11, Bridge = 1;

    private static PciAddress Nowhere => new(uint.MaxValue);

    private static ref Table<PciFunction> All => ref DevicesState.Now.Functions;
    private static ref uint Count => ref DevicesState.Now.FunctionCount;

    /// <summary>Takes the memory for the table, which is cleared.</summary>
    public static void Initialise(ulong memory) => All = new Table<PciFunction>(memory, Capacity);

    /// <summary>A function that is known.</summary>
    public static ref PciFunction At(uint number) => ref All[number];

    private static bool TryFind(PciAddress address, out uint number)
    {
        Preemption.Charge(Cost.RecordPassed, Count);
        for (number = 0; number < Count; number++)
        {
            if (All[number].Address.Value == address.Value)
                return true;
        }
        return false;
    }

    /// <summary>
    /// The number of the function at an address, which is looked at if it is not known. Errors: NoDev where none is or it sends no messages, NoMem
    /// without room.
    /// </summary>
    public static Errno Meet(PciAddress address, out uint number)
    {
        if (TryFind(address, out number))
            return All[number].IsKept ? Errno.None : Errno.NoDev;
        if (!TryRead(address, out PciFunction function) || !function.IsKept)
            return Errno.NoDev;
        return Note(function, out number);
    }

    private static Errno Note(in PciFunction function, out uint number)
    {
        if (!TryFind(Nowhere, out number))
        {
            if (Count == Capacity)
                return Errno.NoMem;
            number = Count++;
        }
        All[number] = function;
        Silence(ref All[number]);
        return Errno.None;
    }

    /// <summary>What is met for the first time sends no messages, whoever had it do so before.</summary>
    private static void Silence(ref PciFunction function)
    {
        VirtualFunctions.Measure(ref function);
        FindTable(ref function);
        if (function.Msi != 0)
            ConfigurationWrites.ShowMsi(function);
        if (function.MsiX != 0)
            ConfigurationWrites.EndMsiX(function);
    }

    /// <summary>
    /// The domain tells of a function at an address: it is known from now on, if it is there, and looked at again unless its messages are in use.
    /// Errors: NoMem without room.
    /// </summary>
    public static Errno Add(PciAddress address) => Add(address, FunctionState.None, 0);

    /// <summary>The same of a virtual function, told with its physical one's bus, device and function; that is met if it is not known.</summary>
    public static Errno AddVirtual(PciAddress address, ushort physical)
    {
        if (PciConfiguration.Read(address, Identity) != uint.MaxValue)
            return Add(address);
        Errno error = Meet(new(address.Segment << 16 | physical), out _);
        return error == Errno.NoMem ? error : Add(address, FunctionState.Virtual, physical);
    }

    private static Errno Add(PciAddress address, FunctionState state, ushort physical)
    {
        bool isKnown = TryFind(address, out uint number);
        if ((isKnown && All[number].Messages != 0) || !TryRead(address, out PciFunction function))
            return Errno.None;
        function.State |= state;
        function.Physical = physical;
        if (!isKnown)
            return Note(function, out _);
        function.Lengths = All[number].Lengths;
        All[number] = function;
        Silence(ref All[number]);
        return Errno.None;
    }

    /// <summary>
    /// The function at an address is no longer there, and what was known of it is forgotten. Errors: NoDev for one that is not known, Busy while it
    /// has messages mapped.
    /// </summary>
    public static Errno Remove(PciAddress address)
    {
        if (!TryFind(address, out uint number))
            return Errno.NoDev;
        ref PciFunction function = ref All[number];
        if (function.Messages != 0)
            return Errno.Busy;
        // The numbers of the others are in use: its place stays, for another.
        function = new PciFunction { Address = Nowhere };
        return Errno.None;
    }

    /// <summary>Reads what a function is and which capabilities it has; false where nothing answers.</summary>
    private static bool TryRead(PciAddress address, out PciFunction function)
    {
        const uint hasList = 1 << 20, mostSteps = 48, lowest = 0x40, cardBus = 2, cardBusCapability = 0x14, express = 0x10;
        bool isExpress = false;
        function = new PciFunction { Address = address };
        Preemption.Charge(Cost.DeviceAccess, 4);
        // A virtual function's identity is all ones, the rest of what it tells is not.
        uint command = PciConfiguration.Read(address, Command);
        if (command == uint.MaxValue && PciConfiguration.Read(address, Identity) == uint.MaxValue)
            return false;
        if ((command & hasList) == 0)
            return true;
        uint register = PciConfiguration.Read(address, KindOf(address) == cardBus ? cardBusCapability : FirstCapability) & 0xfc;
        for (uint step = 0; step < mostSteps && register >= lowest; step++)
        {
            Preemption.Charge(Cost.DeviceAccess);
            uint head = PciConfiguration.Read(address, register);
            NoteCapability(ref function, register, head);
            isExpress |= (head & 0xff) == express;
            register = head >> 8 & 0xfc;
        }
        // Only a function of PCI Express has an extended space; of others nobody answers there, which some firmware takes for a fault.
        if (isExpress)
            VirtualFunctions.Find(ref function);
        return true;
    }

    private static void NoteCapability(ref PciFunction function, uint register, uint head)
    {
        const uint wide = 1 << 23, masks = 1 << 24;
        if ((head & 0xff) == MsiKind && function.Msi == 0 && register + MsiBytes(head) <= 256)
        {
            function.Msi = (byte)register;
            function.State |= ((head & wide) != 0 ? FunctionState.Wide : 0) | ((head & masks) != 0 ? FunctionState.Masks : 0);
        }
        if ((head & 0xff) == MsiXKind && function.MsiX == 0 && register + MsiXBytes <= 256)
        {
            function.MsiX = (byte)register;
            function.Entries = (ushort)((head >> 16 & 0x7ff) + 1);
        }
    }

    /// <summary>Bytes of an MSI-X capability.</summary>
    internal const uint MsiXBytes = 12;

    /// <summary>Bytes of an MSI capability with this first word.</summary>
    private static uint MsiBytes(uint head) => 10u + ((head >> 23 & 1) != 0 ? 4u : 0) + ((head >> 24 & 1) != 0 ? 10u : 0);

    /// <summary>Bytes of a known function's MSI capability, whole words.</summary>
    internal static uint MsiBytes(in PciFunction function)
        => function.Is(FunctionState.Masks) ? function.Is(FunctionState.Wide) ? 24u : 20u : function.Is(FunctionState.Wide) ? 16u : 12u;

    /// <summary>Whether a register may be a base address register, of which one says where a function's table is.</summary>
    internal static bool IsBase(uint register) => register is >= FirstBase and < FirstBase + 24;

    private static uint KindOf(PciAddress address) => PciConfiguration.Read(address, HeaderKind) >> 16 & 0x7f;

    /// <summary>
    /// Looks where a function's table is. Only where all its frames are a device's can it be used: neither RAM nor what interrupts processors.
    /// </summary>
    internal static void FindTable(ref PciFunction function)
    {
        Locate(ref function);
        FindBounds();
    }

    /// <summary>The same of all virtual functions of a physical one, of whose capability a register has been written.</summary>
    internal static void FindTablesOf(ref PciFunction physical, uint register)
    {
        VirtualFunctions.Note(ref physical, register);
        Preemption.Charge(Cost.RecordPassed, Count);
        for (uint number = 0; number < Count; number++)
        {
            if (All[number].Is(FunctionState.Virtual) && PhysicalOf(All[number]).Value == physical.Address.Value)
            {
                Locate(ref All[number]);
                // Its table may be elsewhere now, where nothing has been restored.
                All[number].Restored = 0;
            }
        }
        FindBounds();
    }

    private static PciAddress PhysicalOf(in PciFunction function) => new(function.Address.Segment << 16 | function.Physical);

    private static void Locate(ref PciFunction function)
    {
        function.Table = 0;
        if (function.MsiX != 0)
            function.Table = TableOf(function);
    }

    private static ulong TableOf(in PciFunction function)
    {
        Preemption.Charge(Cost.DeviceAccess, 3);
        uint place = PciConfiguration.Read(function.Address, function.MsiX + 4u), number = place & 7;
        ulong begin = !function.Is(FunctionState.Virtual) ? BaseOf(function, number)
            : TryFind(PhysicalOf(function), out uint physical) ? VirtualFunctions.BaseOf(function.Address, All[physical], number) : 0;
        ulong table = unchecked(begin + (place & ~7u));
        return begin != 0 && table >= begin && IsDevices(table, function.Entries * PciFunction.EntryBytes) ? table : 0;
    }

    private static ulong BaseOf(in PciFunction function, uint number)
    {
        const uint isPorts = 1, kind = 6, isWide = 4;
        uint register = FirstBase + 4 * number, lastBase = KindOf(function.Address) == Bridge ? 1u : 5u;
        uint low = number > lastBase ? isPorts : PciConfiguration.Read(function.Address, register), high = 0;
        if ((low & kind) == isWide)
            high = number == lastBase ? uint.MaxValue : PciConfiguration.Read(function.Address, register + 4);
        return (low & isPorts) != 0 ? 0 : (ulong)high << 32 | (low & ~0xfu);
    }

    private static void FindBounds()
    {
        Preemption.Charge(Cost.Vcpu, Count);
        ref DevicesState state = ref DevicesState.Now;
        (state.TablesBegin, state.TablesEnd) = (ulong.MaxValue, 0);
        for (uint number = 0; number < Count; number++)
        {
            ref readonly PciFunction function = ref All[number];
            if (function.Table == 0)
                continue;
            ulong first = function.Table / Mfn.Size, end = LastOf(function).Value + 1;
            state.TablesBegin = first < state.TablesBegin ? first : state.TablesBegin;
            state.TablesEnd = end > state.TablesEnd ? end : state.TablesEnd;
        }
    }

    /// <summary>
    /// A register of a function's is to be written: where that function is a bridge, and there are the numbers of the buses behind it, nothing is
    /// known any more of what is behind it. False where a function behind it has messages mapped, which are written by its address.
    /// </summary>
    internal static bool MayRenumber(PciAddress bridge, uint register)
    {
        if (register != Buses || KindOf(bridge) != Bridge)
            return true;
        Preemption.Charge(Cost.Vcpu, 2ul * Count);
        uint buses = PciConfiguration.Read(bridge, Buses), first = buses >> 8 & 0xff, last = buses >> 16 & 0xff;
        for (uint number = 0; number < Count; number++)
        {
            if (IsOn(All[number], bridge.Segment, first, last) && All[number].Messages != 0)
                return false;
        }
        for (uint number = 0; number < Count; number++)
        {
            if (IsOn(All[number], bridge.Segment, first, last))
                All[number] = new PciFunction { Address = Nowhere };
        }
        return true;
    }

    private static bool IsOn(in PciFunction function, uint segment, uint first, uint last)
        => function.Address.Segment == segment && first != 0 && function.Address.Bus >= first && function.Address.Bus <= last;

    private static Mfn LastOf(in PciFunction function) => Mfn.Of(new(function.Table + function.Entries * PciFunction.EntryBytes - 1));

    private static bool IsDevices(ulong address, uint bytes)
    {
        ulong last = unchecked(address + bytes - 1);
        if (last < address || last / Mfn.Size >= FrameTable.PhysicalLimit)
            return false;
        for (Mfn frame = Mfn.Of(new(address)); frame.Address <= last; frame = frame.Plus(1))
        {
            if (FrameTable.OfAny(frame).Owner != DomainIds.Io || RefusedFrames.Contains(frame)
                || ConfigurationMemory.TryFindFunction(frame, out _))
                return false;
        }
        return true;
    }

    /// <summary>Whether a function's registers in memory answer; those of a virtual one do where its table has been found.</summary>
    internal static bool Answers(in PciFunction function)
        => function.Is(FunctionState.Virtual) || (PciConfiguration.Read(function.Address, Command) & 2) != 0;

    /// <summary>Whether a frame holds a part of an MSI-X table.</summary>
    public static bool IsTable(Mfn frame)
    {
        if (frame.Value < DevicesState.Now.TablesBegin || frame.Value >= DevicesState.Now.TablesEnd)
            return false;
        Preemption.Charge(Cost.ProcessorSeen, Count);
        for (uint number = 0; number < Count; number++)
        {
            ref readonly PciFunction function = ref All[number];
            if (function.Table != 0 && frame.Value >= function.Table / Mfn.Size && frame.Value <= LastOf(function).Value)
                return true;
        }
        return false;
    }

    /// <summary>Whether bytes at a machine address are of an MSI-X table.</summary>
    public static bool TouchesTable(ulong address, int bytes)
    {
        Preemption.Charge(Cost.RecordPassed, Count);
        for (uint number = 0; number < Count; number++)
        {
            ref readonly PciFunction function = ref All[number];
            if (function.Table != 0 && address + (uint)bytes > function.Table
                && address < function.Table + function.Entries * PciFunction.EntryBytes)
                return true;
        }
        return false;
    }
}
