using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// Virtual CPUs beyond the first: each runs a method on a stack of its own, with its events masked. The console, <see cref="Events"/> and
/// <see cref="Threads"/> are virtual CPU 0's; what two share is for <c>Volatile</c> and <c>Interlocked</c>.
/// </summary>
public static unsafe class VirtualProcessors
{
    private const ulong StackPages = 4;
    private const ushort KernelCodeSelector = 0xe033, KernelStackSelector = 0xe02b;

    /// <summary>
    /// A context for a virtual CPU on two pages, to be handed to <see cref="Initialise"/>: its address. The method's address is that of a static
    /// method that never returns: <c>(ulong)(delegate*&lt;void&gt;)&amp;Method</c>.
    /// </summary>
    public static ulong MakeContext(ulong method)
    {
        // Pages of the pool lie one after another.
        ulong page = Frames.Take();
        Frames.Take();
        ulong stack = 0;
        for (ulong pages = 0; pages < StackPages; pages++)
            stack = Frames.Take() + Frames.PageBytes;
        ref VcpuGuestContext context = ref *(VcpuGuestContext*)page;
        context.Flags = VcpuContextFlags.InKernel;
        // Serai takes zeroes for these two; Xen does not.
        context.UserRegs.Cs = KernelCodeSelector;
        context.UserRegs.Ss = KernelStackSelector;
        context.UserRegs.Rip = method;
        context.UserRegs.Rsp = stack - 8;
        context.KernelSs = KernelStackSelector;
        context.KernelSp = stack;
        context.ControlRegisters.Cr3 = Frames.Of(Guest.StartInfo.PageTableBase) * Frames.PageBytes;
        return page;
    }

    /// <summary>Gives a virtual CPU its context, which it takes once. The result is the hypercall's.</summary>
    public static long Initialise(uint number, ulong context) => Call(VcpuCommand.Initialise, number, context);

    /// <summary>Lets it run, from where it went down or from its beginning. The result is the hypercall's.</summary>
    public static long Up(uint number) => Call(VcpuCommand.Up, number, 0);

    /// <summary>Stops it; one that stops itself goes on behind this when it is let run again. The result is the hypercall's.</summary>
    public static long Down(uint number) => Call(VcpuCommand.Down, number, 0);

    /// <summary>Whether it is up; an error for one that there is not.</summary>
    public static long IsUp(uint number) => Call(VcpuCommand.IsUp, number, 0);

    /// <summary>vcpu_op.</summary>
    public static long Call(VcpuCommand command, uint number, ulong record) => Hypercalls.Call(Hypercall.VcpuOp, (ulong)command, number, record);
}
