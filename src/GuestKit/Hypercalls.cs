using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// Calls into the hypervisor. Each returns what the hypervisor left in RAX: zero or a count, or a negative <see cref="Errno"/>.
/// Nothing is checked here: a test guest must be able to say anything.
/// </summary>
public static unsafe class Hypercalls
{
    /// <summary>A hypercall by the instruction <c>syscall</c>, with arguments in their order in the ABI (RDI RSI RDX R10 R8).</summary>
    public static long Call(Hypercall number, ulong first = 0, ulong second = 0, ulong third = 0, ulong fourth = 0, ulong fifth = 0) =>
        BySyscall((uint)number, first, second, third, fourth, fifth);

    /// <summary>The same through the page that the note HYPERCALL_PAGE asks the builder to fill.</summary>
    public static long CallByPage(Hypercall number, ulong first = 0, ulong second = 0, ulong third = 0, ulong fourth = 0, ulong fifth = 0) =>
        ByPage((uint)number, first, second, third, fourth, fifth);

    /// <summary>
    /// The address of a value, as a hypercall's argument. The value must stay where it is: a local or a static, never freed memory.
    /// </summary>
    public static ulong AddressOf<T>(ref readonly T value)
        where T : unmanaged => (ulong)Unsafe.AsPointer(in value);

    /// <summary>sched_op shutdown; does not return.</summary>
    public static void Shutdown(ShutdownReason reason)
    {
        SchedShutdown argument = default;
        argument.Reason = reason;
        while (true)
            Call(Hypercall.SchedOp, (ulong)SchedCommand.Shutdown, AddressOf(in argument));
    }

    /// <summary>sched_op yield.</summary>
    public static long Yield() => Call(Hypercall.SchedOp, (ulong)SchedCommand.Yield);

    /// <summary>sched_op block: waits for an event, with delivery switched on.</summary>
    public static long Block() => Call(Hypercall.SchedOp, (ulong)SchedCommand.Block);

    [RuntimeImport("*", "HypercallBySyscall"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern long BySyscall(uint number, ulong first, ulong second, ulong third, ulong fourth, ulong fifth);

    [RuntimeImport("*", "HypercallByPage"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern long ByPage(uint number, ulong first, ulong second, ulong third, ulong fourth, ulong fifth);
}
