using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.BenchGuest;

/// <summary>What X64/Application.S and marks.S define.</summary>
internal static class Assembly
{
    internal static ulong SyscallEntry => AddressByNumber(0);

    internal static ulong PageFaultEntry => AddressByNumber(1);

    internal static ulong EventEntry => AddressByNumber(2);

    internal static ulong ApplicationSyscalls => AddressByNumber(3);

    internal static ulong ApplicationFaults => AddressByNumber(4);

    internal static ulong EntryStackTop => AddressByNumber(5);

    /// <summary>256 pages, to be used as tables and as frames to map.</summary>
    internal static ulong Room => AddressByNumber(6);

    /// <summary>Begins a sample of a row (bench/rows).</summary>
    [RuntimeImport("*", "MarkStart"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void MarkStart(int row);

    /// <summary>Ends the sample: 2 to that power operations were performed.</summary>
    [RuntimeImport("*", "MarkStop"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void MarkStop(int operations);

    /// <summary>Runs code in user mode until it says that it is done; it sets the marks itself.</summary>
    [RuntimeImport("*", "RunApplication"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void RunApplication(ulong code, int row, ulong loops, int operations, ulong address);

    /// <summary>Loads from an address and survives the fault.</summary>
    [RuntimeImport("*", "FaultInKernel"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void FaultInKernel(ulong address);

    /// <summary>Writes a word as Linux writes an entry of a table.</summary>
    [RuntimeImport("*", "StoreEntry"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void StoreEntry(ulong address, ulong entry);

    /// <summary>Exchanges a word with a register.</summary>
    [RuntimeImport("*", "ExchangeEntry"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ExchangeEntry(ulong address, ulong entry);

    /// <summary>Clears the bit for writing in a byte, locked.</summary>
    [RuntimeImport("*", "ProtectEntry"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ProtectEntry(ulong address);

    /// <summary>Sets it again in a byte, locked.</summary>
    [RuntimeImport("*", "PermitEntry"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void PermitEntry(ulong address);

    /// <summary>Tests and clears the accessed bit, locked.</summary>
    [RuntimeImport("*", "AgeEntry"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void AgeEntry(ulong address);

    /// <summary>Compares and exchanges a word, locked.</summary>
    [RuntimeImport("*", "ReplaceEntry"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ReplaceEntry(ulong address, ulong entry, ulong expected);

    /// <summary>Reads a byte from a port.</summary>
    [RuntimeImport("*", "ReadPort"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ReadPort();

    /// <summary>Reads the inactive base of GS by RDMSR.</summary>
    [RuntimeImport("*", "ReadSegmentBase"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ReadSegmentBase();

    /// <summary>CPUID with Xen's prefix.</summary>
    [RuntimeImport("*", "ForcedCpuid"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void ForcedCpuid();

    /// <summary>How often the event callback was entered.</summary>
    [RuntimeImport("*", "ReadEventsSeen"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern ulong ReadEventsSeen();

    [RuntimeImport("*", "AddressByNumber"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong AddressByNumber(ulong number);
}
