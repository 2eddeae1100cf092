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

    /// <summary>The processor on the second stack, plus one; 0 while none is.</summary>
    private static uint user;

    /// <summary>Whether some processor is on the second stack.</summary>
    public static bool IsBusy => user != 0;

    /// <summary>Whether this processor is on the second stack.</summary>
    public static bool IsInside => user == CurrentProcessor.Number + 1;

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
        user = CurrentProcessor.Number + 1;
        fixed (ulong* save = &own)
            SwitchStack(save, other);
    }

    /// <summary>Goes back to the processor's own stack; returns when the second is entered again.</summary>
    public static void Leave()
    {
        user = 0;
        fixed (ulong* save = &other)
            SwitchStack(save, own);
    }

    /// <summary>
    /// On the second stack: gives up the lock and lets interrupts take the stack away, until <see cref="Forbid"/>. On the processor's own: nothing.
    /// </summary>
    public static void Allow()
    {
        if (!IsInside)
            return;
        HypervisorLock.Release();
        HypervisorLock.DemandNone();
        EnableInterrupts();
    }

    /// <summary>Interrupts wait again, and the lock is held.</summary>
    public static void Forbid()
    {
        DisableInterrupts();
        if (IsInside)
            HypervisorLock.Acquire();
    }
}
