using System.Numerics;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Frames;

/// <summary>
/// Which processors must forget, and when.
///
/// Theory. A processor remembers translations only of the virtual CPU whose address spaces it has loaded since its last flush, for every change of
/// virtual CPU is a flush; and a domain's tables map frames of others only if such an entry was ever taken (Domain.Memory.MapsForeign). So what was
/// stamped with the clock at a time may be remembered by those processors alone that have not flushed since, hold a virtual CPU, and hold it of the
/// frame's owner or of a domain that maps foreign frames. They are asked, and the asker waits: when this returns nobody remembers. A flush that a
/// guest asks for is waited for when its call is over.
/// </summary>
public static class Flushes
{
    /// <summary>Before a frame that stays its owner's is used as another type.</summary>
    public static void BeforeNewType(ref Frame frame)
    {
        if (Tlb.MayRemember(CurrentProcessor.Number, frame.Stamp))
            Tlb.Flush();
        if (Processors.All.Length > 1)
            Ask(frame.Stamp, frame.Owner, anyone: false);
    }

    /// <summary>Before a frame is another's.</summary>
    public static void BeforeNewOwner(ref Frame frame)
    {
        if (Tlb.MayRemember(CurrentProcessor.Number, frame.Stamp))
            Tlb.Flush();
        if (Processors.All.Length > 1)
            Ask(frame.Stamp, frame.Owner, anyone: true);
    }

    private static void Ask(uint stamp, ushort owner, bool anyone)
    {
        ulong targets = 0;
        uint self = CurrentProcessor.Number;
        Preemption.Charge(Cost.ProcessorSeen, Processors.All.Length);
        for (uint number = 0; number < Processors.All.Length; number++)
        {
            Link<VirtualCpu> loaded = LoadedVcpus.All[number];
            if (number == self || loaded.IsNull || !Tlb.MayRemember(number, stamp))
                continue;
            ref Domain domain = ref loaded.Value.Domain;
            if (anyone || domain.Id == owner || domain.Memory.MapsForeign)
                targets |= 1ul << (int)number;
        }
        AskAll(targets);
    }

    /// <summary>Asks processors other than this one; a guest can make a long call ask again and again, so it is counted.</summary>
    private static void AskAll(ulong targets)
    {
        if (targets == 0)
            return;
        Preemption.Charge(Cost.Flush);
        Interprocessor.Ask(Processors.All, targets);
    }

    /// <summary>
    /// The same for a flush that a guest asks for, in which nothing of the hypervisor's is decided: the wait is without the lock, on the way out. Who
    /// has more to do for the guest first, another part of the same batch, calls <see cref="Finish"/> before it.
    /// </summary>
    private static void AskForGuest(ref VirtualCpu vcpu, ulong targets)
    {
        if (targets == 0)
            return;
        Preemption.Charge(Cost.Flush);
        Interprocessor.AskFor(ref vcpu.Processor.Value, Processors.All, targets);
    }

    /// <summary>Waits, with the lock, for what a processor has asked for and not waited for; the usual case is nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(ref ProcessorState processor)
    {
        if (processor.Awaits != 0)
            Await(ref processor);
    }

    private static void Await(ref ProcessorState processor)
    {
        while (!Interprocessor.IsFinished(ref processor, Processors.All))
            Instructions.Pause();
    }

    /// <summary>The usual case: the caller means itself, or there is no other processor; a flush too many is harmless.</summary>
    private static bool IsOnlyHere(ref VirtualCpu vcpu, ulong vcpus)
        => vcpus == 1ul << (int)vcpu.Number || Processors.All.Length == 1 || vcpu.Domain.VcpuCount == 1;

    /// <summary>Processors that hold some of a domain's virtual CPUs, which a bit mask names.</summary>
    private static ulong HoldersOf(ref Domain domain, ulong vcpus)
    {
        ulong holders = 0;
        Preemption.Charge(Cost.Vcpu, domain.VcpuCount);
        for (ulong left = vcpus; left != 0; left &= left - 1)
        {
            uint vcpu = (uint)BitOperations.TrailingZeroCount(left);
            if (vcpu >= domain.VcpuCount)
                break;
            ref VirtualCpu one = ref domain.Vcpu(vcpu);
            uint number = one.Processor.Value.Number;
            if (LoadedVcpus.All[number].Same(ref one))
                holders |= 1ul << (int)number;
        }
        return holders;
    }

    /// <summary>Asks the other processors that hold one of those virtual CPUs; whether this one is to forget too.</summary>
    private static bool AskOthers(ref VirtualCpu vcpu, ulong vcpus)
    {
        if (IsOnlyHere(ref vcpu, vcpus))
            return true;
        ulong self = 1ul << (int)vcpu.Processor.Value.Number;
        ulong holders = HoldersOf(ref vcpu.Domain, vcpus);
        AskForGuest(ref vcpu, holders & ~self);
        return (holders & self) != 0;
    }

    /// <summary>Forgets all translations of those virtual CPUs of the running one's domain that a bit mask names.</summary>
    public static void Of(ref VirtualCpu vcpu, ulong vcpus)
    {
        if (AskOthers(ref vcpu, vcpus))
            Tlb.Flush();
    }

    /// <summary>Forgets all translations of the running one's domain, and has waited for it: what comes next stands on it.</summary>
    public static void AllOf(ref VirtualCpu vcpu)
    {
        Of(ref vcpu, ulong.MaxValue);
        Finish(ref vcpu.Processor.Value);
    }

    /// <summary>Forgets one page, or more, of those virtual CPUs of the running one's domain that a bit mask names.</summary>
    public static void PageOf(ref VirtualCpu vcpu, GuestAddress address, ulong vcpus)
    {
        if (AskOthers(ref vcpu, vcpus))
            Tlb.FlushPage(address);
    }
}
