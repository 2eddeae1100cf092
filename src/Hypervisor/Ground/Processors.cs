using System.Threading;

using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Ground;

/// <summary>The processors that there are.</summary>
public static class Processors
{
    /// <summary>Processors that there may be.</summary>
    public const ulong Most = 64;

    /// <summary>Processors by number.</summary>
    public static ref Table<Link<ProcessorState>> All => ref GroundState.Now.ProcessorsAll;

    /// <summary>Real CR0 while guests run.</summary>
    public static ref ulong HostCr0 => ref GroundState.Now.ProcessorsHostCr0;

    /// <summary>Whether the first processor has done its part of the start, and the others may run guests. They look again and again.</summary>
    public static bool AreReleased
    {
        get => Volatile.Read(ref GroundState.Now.ProcessorsAreReleased);
        set => Volatile.Write(ref GroundState.Now.ProcessorsAreReleased, value);
    }

    /// <summary>The processors that there are, a bit each.</summary>
    public static ulong Online => All.Length >= Most ? ulong.MaxValue : (1ul << (int)All.Length) - 1;

    /// <summary>Whether there is more than one processor.</summary>
    public static bool AreMany => All.Length > 1;

    /// <summary>Gives a processor work; another one than the present is told.</summary>
    public static void Ask(ref ProcessorState processor, ProcessorWork work)
    {
        processor.Work |= work;
        if (AreMany)
            Interprocessor.Kick(ref processor);
    }

    /// <summary>A place where others may run, of a task on the second stack: takes the interrupts that wait.</summary>
    public static void Breathe()
    {
        if (!Coroutine.IsInside)
            return;
        ref ProcessorState processor = ref All[CurrentProcessor.Number].Value;
        LockHolder.Leave(ref processor);
        Idle.TakeInterrupts(ref processor);
    }
}
