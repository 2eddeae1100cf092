using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.GuestKit;

/// <summary>
/// A few threads that share virtual CPU 0 by giving it up themselves: each has a stack of its own and runs until it yields, waits for an event or
/// ends. Nothing that lies between two such places is ever seen half done by another thread. When none can run the domain sleeps.
/// </summary>
public static unsafe class Threads
{
    /// <summary>The most there can be at a time, with the one that runs GuestMain.</summary>
    public const int Most = 16;

    private const ulong StackPages = 4;

    // Waits for the end of the others instead of a port.
    private const long NoPort = -1;

    private static readonly ThreadRecord[] threads = new ThreadRecord[Most];
    private static int current;
    private static int count = 1;

    /// <summary>
    /// Makes a thread, which runs a method with a number when its turn comes. The method's address is that of a static method that takes a ulong:
    /// <c>(ulong)(delegate*&lt;ulong, void&gt;)&amp;Method</c>.
    /// </summary>
    public static void Start(ulong method, ulong argument)
    {
        int free = 1;
        while (free < Most && threads[free].IsUsed)
            free++;
        if (free == Most)
            Failure.Stop("there are too many threads"u8, Most);
        ref ThreadRecord thread = ref threads[free];
        if (thread.StackTop == 0)
            thread.StackTop = TakeStack();
        thread.IsUsed = true;
        thread.Port = 0;
        thread.StackPointer = PrepareStack(thread.StackTop, method, argument);
        count++;
    }

    /// <summary>How many threads there are, this one included.</summary>
    public static int Count => count;

    /// <summary>Lets the other threads that can run have their turn.</summary>
    public static void Yield() => Choose();

    /// <summary>Lets others run until a port is pending, and acknowledges it.</summary>
    public static void WaitFor(long port)
    {
        threads[current].Port = port;
        Choose();
        threads[current].Port = 0;
        Events.Acknowledge(port);
    }

    /// <summary>Lets the others run until all of them have ended.</summary>
    public static void WaitForAll()
    {
        threads[current].Port = NoPort;
        Choose();
        threads[current].Port = 0;
    }

    // The next in order that can run; where none can, the domain sleeps until an event comes, as in Events.WaitFor.
    private static void Choose()
    {
        while (true)
        {
            Guest.VcpuInfo.EventUpcallMask = 1;
            for (int step = 1; step <= Most; step++)
            {
                int next = (current + step) % Most;
                if (CanRun(next))
                {
                    SwitchTo(next);
                    return;
                }
            }

            Hypercalls.Block();
        }
    }

    private static bool CanRun(int number)
    {
        ref ThreadRecord thread = ref threads[number];
        if (number != 0 && !thread.IsUsed)
            return false;
        return thread.Port == NoPort ? count == 1 : thread.Port == 0 || Events.IsPending(thread.Port);
    }

    private static void SwitchTo(int next)
    {
        int last = current;
        if (next == last)
            return;
        current = next;
        fixed (ulong* save = &threads[last].StackPointer)
            SwitchStack(save, threads[next].StackPointer);
    }

    [RuntimeExport("GuestKitThreadEnds")]
    private static void End()
    {
        threads[current].IsUsed = false;
        count--;
        Choose();
        Failure.Stop("a thread that had ended ran on"u8, (ulong)current);
    }

    // Pages of the pool lie one after another. The lowest is not mapped any more: a stack that is too small ends in a fault.
    private static ulong TakeStack()
    {
        ulong last = Frames.Take();
        Mmu.Map(last, 0);
        for (ulong page = 0; page < StackPages; page++)
            last = Frames.Take();
        return last + Frames.PageBytes;
    }

    [RuntimeImport("*", "SwitchStack"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SwitchStack(ulong* save, ulong load);

    [RuntimeImport("*", "PrepareStack"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong PrepareStack(ulong top, ulong method, ulong argument);
}
