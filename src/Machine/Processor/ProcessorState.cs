using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>What keeps a processor from going back into its guest at once.</summary>
[System.Flags]
public enum ProcessorWork : byte
{
    None = 0,

    /// <summary>Choose again which VirtualCpu runs.</summary>
    Schedule = 1,

    /// <summary>The local timer has fired.</summary>
    Timer = 2,

    /// <summary>Input waits at the serial port.</summary>
    Console = 4,

    /// <summary>A domain is dying: a slice of its teardown is to be done.</summary>
    Teardown = 8,
}

/// <summary>
/// What one processor knows of itself. It lies at the top of the processor's stack, so that the stack pointer with which C# is entered is its
/// address; assembly reads its first fields (X64/Offsets.inc).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct ProcessorState
{
    /// <summary>Not zero: the way back into the guest leads through PendingWork. Written by who holds the lock only.</summary>
    public ProcessorWork Work;

    /// <summary>
    /// Not zero: another processor waits for the lock and wrote this, in a byte of its own since it does not hold it: who holds it leaves by
    /// GiveWay. Assembly looks at them as one word.
    /// </summary>
    public byte LockWanted;

    /// <summary>
    /// Not zero: this processor has asked others to forget for its guest and has not waited for it yet (Interprocessor.AskFor), or is to pause
    /// before it enters one (Interprocessor.Pause). Assembly looks at it as at the former.
    /// </summary>
    public byte Awaits;

    /// <summary>The processor's number, from 0.</summary>
    public uint Number;

    /// <summary>The address of the VirtualCpu whose frame the next entry will fill.</summary>
    public ulong Current;

    /// <summary>The processor's window on its guest's descriptor tables.</summary>
    public ulong DescriptorWindow;

    /// <summary>
    /// Where tables are split: the page of the VcpuInfo that the guest's table shows, and the address of the entry that shows it
    /// (<see cref="SplitTables"/>).
    /// </summary>
    public ulong ShownInfo, InfoEntry;

    /// <summary>
    /// Where tables are split: the top-level tables that are loaded while the guest's kernel runs and while its applications do, and the page of the
    /// task state; 0 elsewhere.
    /// </summary>
    public Mfn KernelTable, UserTable, TaskPage;

    /// <summary>The table of level 1 that maps the window.</summary>
    public Mfn DescriptorTable;

    /// <summary>The address of the page of reserved descriptors.</summary>
    public ulong ReservedDescriptors;

    /// <summary>The frames of its descriptor tables and trap stacks.</summary>
    public Mfn TableFrames;

    /// <summary>What the window shows: pages of a GDT, a bit for each page of an LDT, and whether LDTR is loaded.</summary>
    public uint GlobalPages, LocalPages;
    public bool HasLocalTable;

    /// <summary>The identifier of its local APIC.</summary>
    public uint ApicIdentifier;

    /// <summary>
    /// The last request of others that this processor let go of what it remembers (Interprocessor), and the last that it has served.
    /// </summary>
    public ulong Request, Served;

    /// <summary>The processors, a bit each, and the request of what this one <see cref="Awaits"/>.</summary>
    public ulong AwaitedOf, Awaited;

    /// <summary>The domain, its id plus one, of which speculation may find traces here; 0 for nobody's (<see cref="Speculation"/>).</summary>
    public uint TracesOf;

    /// <summary>1 once it has come up, 2 where it has not and is waited for no more.</summary>
    public uint IsOnline;

    /// <summary>The real CR4.</summary>
    public ulong Cr4;

    /// <summary>The system time since which it has been waiting for the lock, or 0: written without it.</summary>
    public ulong WaitsSince;

    /// <summary>Whether a guest's breakpoints are loaded.</summary>
    public bool HasBreakpoints;

    /// <summary>
    /// So often who has given up the lock for another looks whether that one has it. Who waits looks as often; it is not there only where the
    /// machine is itself a guest whose host has stopped a processor, and nobody waits for that.
    /// </summary>
    public const int MostLooks = 1000;

    /// <summary>Processors there can be.</summary>
    public const int Maximum = 64;

    /// <summary>Bytes of stack below this structure.</summary>
    public const uint StackBytes = 32 * 1024 - 256;
}
