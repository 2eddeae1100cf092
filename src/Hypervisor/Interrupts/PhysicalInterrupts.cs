using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Interrupts;

/// <summary>
/// Physical IRQs: the numbers under which the domain with hardware knows sources of interrupts, and the ports bound to them.
///
/// A number is free, set aside (PHYSDEVOP_get_free_pirq), or mapped to a source; each source to one number at most. A mapped one may have a port.
/// Where the mapping is taken away under a port, the source is unbound at once and the port lives on without interrupts; number and source come free
/// when it is closed. There is one domain with hardware at most.
/// </summary>
public static class PhysicalInterrupts
{
    /// <summary>Numbers there are; 0 is none.</summary>
    public const uint Limit = 1280;

    /// <summary>Bytes of memory for the table.</summary>
    public const ulong Bytes = Limit * 8;

    private const uint FirstOfNoLegacy = 16;

    private static ref Table<Record> Records => ref InterruptsState.Now.PhysicalInterruptsRecords;

    /// <summary>What is known of a number under which the initial domain knows a source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Record
    {
        /// <summary>The port bound to it, or 0.</summary>
        public uint Port;

        /// <summary>The source it is mapped to (<see cref="InterruptSources"/>), or 0: line 0 is nobody's.</summary>
        public ushort Source;

        /// <summary>Nobody else gets it by asking for any.</summary>
        public bool IsSetAside;

        /// <summary>The mapping was taken away and the port is still open.</summary>
        public bool IsUnmapped;

        public readonly bool IsFree => Source == 0 && !IsSetAside;
    }

    /// <summary>Takes the memory for the table, which is cleared.</summary>
    public static void Initialise(ulong memory) => Records = new Table<Record>(memory, Limit);

    private static uint NumberOf(uint source)
    {
        Preemption.Charge(Cost.RecordPassed, Limit);
        for (uint irq = 1; irq < Limit; irq++)
        {
            if (Records[irq].Source == source)
                return irq;
        }
        return 0;
    }

    /// <summary>
    /// Finds a number that is free: that of a line, where the lines have one left beyond the legacy ones, or the highest. Errors: NoSpc.
    /// </summary>
    public static Errno FindFree(bool forLine, out uint irq)
    {
        Preemption.Charge(Cost.RecordPassed, Limit);
        for (irq = FirstOfNoLegacy; forLine && irq < IoApic.LineLimit; irq++)
        {
            if (Records[irq].IsFree)
                return Errno.None;
        }
        for (irq = Limit - 1; irq >= IoApic.LineLimit && irq != 0; irq--)
        {
            if (Records[irq].IsFree)
                return Errno.None;
        }
        return Errno.NoSpc;
    }

    /// <summary>Sets a free number aside. Errors: NoSpc.</summary>
    public static Errno SetAside(bool forLine, out uint irq)
    {
        Errno error = FindFree(forLine, out irq);
        if (error == Errno.None)
            Records[irq].IsSetAside = true;
        return error;
    }

    /// <summary>Nobody has been told of a number that was set aside.</summary>
    public static void PutBack(uint irq) => Records[irq].IsSetAside = false;

    /// <summary>
    /// Maps a line to a number, any for a negative one. One that is mapped to another line stays so, without an error, as in Xen. Errors: Inval, Perm
    /// for line 0, Busy where the number still has a port, Exist where the line has another number, NoSpc.
    /// </summary>
    public static Errno Map(int index, ref int number)
    {
        if (index < 0 || !IoApic.Exists((uint)index))
            return Errno.Inval;
        if (index == 0)
            return Errno.Perm;
        uint present = NumberOf((uint)index), irq = number < 0 ? present : (uint)number;
        if (number < 0 && present != 0 && Records[present].IsUnmapped)
            return Errno.Busy;
        if (number >= 0 && present != 0 && (present != irq || Records[present].IsUnmapped))
            return Errno.Exist;
        if (irq == 0 && (number == 0 || FindFree(forLine: true, out irq) != Errno.None))
            return number == 0 ? Errno.Inval : Errno.NoSpc;
        if (irq >= Limit)
            return Errno.Inval;
        if (Records[irq].IsUnmapped)
            return Errno.Busy;
        number = (int)irq;
        if (Records[irq].Source == 0)
            Records[irq].Source = (ushort)index;
        return Errno.None;
    }

    /// <summary>
    /// Maps a message of a PCI function to a number, any for a negative one: an entry of its MSI-X table, or the one of its MSI capability. Errors:
    /// Inval, Exist for a number that is mapped and a message that has one, NoSpc, and those of <see cref="InterruptSources.TakeMessage"/>.
    /// </summary>
    public static Errno MapMessage(PciAddress address, bool byTable, uint entry, ref int number)
    {
        uint irq = (uint)(number < 0 ? 0 : number);
        if (number >= 0 && (irq == 0 || irq >= Limit))
            return Errno.Inval;
        if (number < 0 && FindFree(forLine: false, out irq) != Errno.None)
            return Errno.NoSpc;
        if (Records[irq].Source != 0)
            return Errno.Exist;
        Errno error = InterruptSources.TakeMessage(address, byTable, entry, out uint source);
        if (error != Errno.None)
            return error;
        Records[irq].Source = (ushort)source;
        number = (int)irq;
        return Errno.None;
    }

    /// <summary>A number without a port comes free, and a message that it was mapped to.</summary>
    private static void Free(ref Record record)
    {
        if (InterruptSources.At(record.Source).Is(SourceState.Taken))
            InterruptSources.ReturnMessage(record.Source);
        record = default;
    }

    private static bool IsMapped(uint irq) => irq < Limit && Records[irq].Source != 0 && !Records[irq].IsUnmapped;

    /// <summary>The source of a number that has a port; false where there is none.</summary>
    public static bool TryTell(uint irq, out uint source)
    {
        source = IsMapped(irq) ? Records[irq].Source : 0u;
        return source != 0 && Records[irq].Port != 0;
    }

    /// <summary>Takes a mapping away, and the source from the port that may be bound to it. Errors: Inval.</summary>
    public static Errno Unmap(uint irq)
    {
        if (!IsMapped(irq))
            return Errno.Inval;
        ref Record record = ref Records[irq];
        if (record.Port == 0)
        {
            Free(ref record);
            return Errno.None;
        }
        Disconnect(irq, ref record);
        record.IsUnmapped = true;
        return Errno.None;
    }

    private static void Disconnect(uint irq, ref Record record)
    {
        EoiMap.Clear(ref InterruptSources.At(record.Source).Domain.Value, irq);
        InterruptSources.Unbind(record.Source);
    }

    /// <summary>
    /// Whether a domain may bind a port to a number, that of a virtual CPU of a processor's; the number's source is ready then. Errors: Inval, Perm
    /// where it is not mapped, Exist, Busy for the hypervisor's line, NoSpc.
    /// </summary>
    public static Errno Prepare(in Domain domain, uint irq, uint processor)
    {
        if (irq >= Limit)
            return Errno.Inval;
        if (!domain.Rights.HasHardware || !IsMapped(irq))
            return Errno.Perm;
        return Records[irq].Port != 0 ? Errno.Exist : InterruptSources.Prepare(Records[irq].Source, processor);
    }

    /// <summary>Binds an open port to a number that is prepared for it.</summary>
    public static void Bind(ref Domain domain, uint irq, uint port)
    {
        ref Record record = ref Records[irq];
        record.Port = port;
        if (InterruptSources.At(record.Source).Is(SourceState.Level))
            EoiMap.Set(ref domain, irq);
        InterruptSources.Bind(record.Source, ref domain, irq, port);
    }

    /// <summary>Forgets the port of a number, which is about to be closed.</summary>
    public static void Unbind(uint irq)
    {
        ref Record record = ref Records[irq];
        record.Port = 0;
        if (record.IsUnmapped)
            Free(ref record);
        else
            Disconnect(irq, ref record);
    }

    /// <summary>
    /// The port that is bound to a domain's number, or 0, and the source that interrupts it, or 0. Errors: Inval for a number of nothing.
    /// </summary>
    public static Errno Find(in Domain domain, uint irq, out uint port, out uint source)
    {
        (port, source) = (0, 0);
        if (!domain.Rights.HasHardware || irq >= Limit || Records[irq].IsFree)
            return Errno.Inval;
        ref readonly Record record = ref Records[irq];
        (port, source) = (record.Port, record.Port == 0 || record.IsUnmapped ? 0u : record.Source);
        return Errno.None;
    }

    /// <summary>Shows in a guest's new page what it must tell.</summary>
    internal static void Show(ref Domain domain)
    {
        for (uint irq = 1; domain.Rights.HasHardware && irq < Limit; irq++)
        {
            if (Records[irq].Port != 0 && !Records[irq].IsUnmapped
                && InterruptSources.At(Records[irq].Source).Is(SourceState.Level | SourceState.Awaited))
                EoiMap.Set(ref domain, irq);
        }
    }

    /// <summary>The domain with hardware is gone, and with it its numbers; its ports are closed.</summary>
    public static bool TryRelease(ref Domain domain)
    {
        EoiMap.Release(ref domain);
        for (uint irq = 0; domain.Rights.HasHardware && irq < Limit; irq++)
            Free(ref Records[irq]);
        return true;
    }
}
