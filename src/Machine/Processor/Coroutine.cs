using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>
/// A second stack of the hypervisor's, for one long task that must not keep guests waiting. It runs when it is entered and until it leaves, by
/// itself or from an interrupt that it has allowed; the processor's own stack goes on where it entered.
/// </summary>
// unsafe: stacks are addresses.
public static unsafe class Coroutine
{
    /// <summary>log2 of the frames of the stack.</summary>
    public const int StackOrder = 4;

    private const ulong SavedBytes = 16 + 6 * 8;

    private static ulong own;
    private static ulong other;

    [RuntimeImport("*", "SwitchStack"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SwitchStack(ulong* save, ulong load);

    [RuntimeImport("*", "X64EnableInterrupts"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void EnableInterrupts();

    [RuntimeImport("*", "X64DisableInterrupts"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void DisableInterrupts();

    /// <summary>Whether the second stack is the one in use.</summary>
    public static bool IsInside { get; private set; }

    /// <summary>Gives the task its stack; it begins at BackgroundMain when it is first entered.</summary>
    public static void Prepare(Mfn stack)
    {
        ulong top = Layout.DirectMap + stack.Address + ((ulong)Mfn.Size << StackOrder) - 16;
        *(ulong*)(top - 8) = Symbols.CoroutineStart;
        other = top - 8 - SavedBytes;
    }

    /// <summary>Goes to the second stack, where it was left.</summary>
    public static void Enter()
    {
        IsInside = true;
        fixed (ulong* save = &own)
            SwitchStack(save, other);
    }

    /// <summary>Goes back to the processor's own stack; returns when the second is entered again.</summary>
    public static void Leave()
    {
        IsInside = false;
        fixed (ulong* save = &other)
            SwitchStack(save, own);
    }

    /// <summary>On the second stack: lets interrupts take it away, until <see cref="Forbid"/>. On the processor's own: nothing.</summary>
    public static void Allow()
    {
        if (IsInside)
            EnableInterrupts();
    }

    /// <summary>Interrupts wait again.</summary>
    public static void Forbid() => DisableInterrupts();
}
