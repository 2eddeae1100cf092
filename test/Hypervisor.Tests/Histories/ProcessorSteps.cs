using System;
using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Histories;

/// <content>
/// The same with several processors, each with a translation buffer of its own. C# in the hypervisor holds one lock, so what can interleave is this,
/// and the history chooses all of it: whole calls of several virtual CPUs; calls that stop and go on, with anything between; interrupts that come
/// late, so that a guest runs on for a while after it was told to stop; and guests' own loads and stores, through whatever their processor
/// remembers, at every moment in which the hypervisor looks at a table or at guest memory, or waits for another processor.
/// </content>
internal sealed partial class MemoryWorld
{
    /// <summary>The virtual CPU that made a call does not run any more when the call would go on.</summary>
    private sealed class Stopped : Exception;

    private Random moments = new(0);
    private readonly HashSet<ushort> sliced = [];
    private Mfn inTheMaking;

    /// <summary>What the last step was about, for the one who reads a failure.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Gives every virtual CPU but the last ones a context like that of the first, and lets them run where they are put.</summary>
    private void Spread(uint later)
    {
        ContextSwitch.ToNobody(ref TestMachine.Processor);
        foreach (TinyGuest one in guests)
        {
            ref VirtualCpu first = ref one.Domain.Vcpu(0);
            Assert.True(one.Domain.Grants.TryGrow(ref one.Domain, 1));
            for (uint number = 1; number < one.Domain.VcpuCount - later; number++)
            {
                ref VirtualCpu vcpu = ref one.Domain.Vcpu(number);
                AddressSpaces.Get(ref vcpu, Mfn.Of(first.KernelRoot));
                (vcpu.KernelRoot, vcpu.KernelStack, vcpu.Registers) = (first.KernelRoot, first.KernelStack, first.Registers);
                vcpu.IsInitialised = true;
                Scheduler.Resume(ref vcpu, PauseReasons.Down);
            }
        }

        Moments.Pass = OthersGetOn;
    }

    private void On(uint number, Action act)
    {
        (uint before, TinyGuest actor, int place) = (SimulatedProcessor.Number, guest, self);
        uint active = guest.Active;
        SimulatedProcessor.Number = number;
        try
        {
            act();
        }
        finally
        {
            SimulatedProcessor.Number = before;
            (guest, self) = (actor, place);
            guest.Active = active;
        }
    }

    private void DoOfMany(MemoryStep step)
    {
        // All chance within a step follows from its numbers, so that a history without some of its steps still means the same.
        chance = moments = new Random(unchecked((int)(step.A * 31 + step.B * 17 + step.C)));
        On((uint)(step.Guest % (int)Processors.All.Length), () => Act(step));
    }

    private void Act(MemoryStep step)
    {
        ref ProcessorState processor = ref TestMachine.Processor;
        TimeSource.Now += (step.B % 100) switch { 0 => 10_000_000_000, < 10 => 20_000_000, _ => step.B % 50_000 };
        if (step.Deed == Deed.Reap)
            TearDown(ref processor);
        processor.Work |= step.Deed switch { Deed.Choose => ProcessorWork.Schedule, Deed.Tick => ProcessorWork.Timer, _ => ProcessorWork.None };
        // One whose domain has died is mostly still on its way in when the lock is given it.
        bool mustLeave = !Scheduler.RunningOn(processor).IsNull && Scheduler.RunningOn(processor).Value.MustLeave;
        bool interruptIsLate = mustLeave ? (step.A & 3) != 0 : (step.A & 7) == 0;
        if (!interruptIsLate || Scheduler.RunningOn(processor).IsNull)
            Settle();
        if (!TryBecomeRunning())
        {
            Note("nobody", true);
            return;
        }

        Last = $"processor {processor.Number}, d{guest.Id} v{guest.Active}";
        if (guest.Vcpu.MustLeave && step.B % 4 != 0)
            CallTooLate(step);
        else if (processor.Work != ProcessorWork.None || !guest.IsAlive || step.Deed is Deed.Reap or Deed.Choose or Deed.Tick)
            RunOn(step);
        else if (step.Deed == Deed.UserMode)
            ToApplications(step);
        else
            PerformInKernel(step);
    }

    /// <summary>
    /// The domain has died while this virtual CPU waited for the lock, with whatever call in its registers: it must not be made, in whichever phase
    /// the domain's teardown is.
    /// </summary>
    private void CallTooLate(MemoryStep step)
    {
        Note(sliced.Contains(guest.Id) ? "late call after a slice" : "late call", true);
        PerformInKernel(step);
    }

    /// <summary>A slice for a domain that dies; whether it may do anything is the hypervisor's to know.</summary>
    private void TearDown(ref ProcessorState processor)
    {
        foreach (TinyGuest one in guests)
        {
            if (one.IsOf(one.KnownId) && one.Domain.Stage == DomainStage.Dying)
                sliced.Add(one.KnownId);
        }

        Teardown.Step(ref processor);
    }

    private void PerformInKernel(MemoryStep step)
    {
        ref VirtualCpu vcpu = ref guest.Vcpu;
        if (!vcpu.IsKernel)
        {
            vcpu.KernelMode = 1;
            Tlb.LoadQuietly(vcpu.KernelRoot);
        }

        Note("call", true);
        try
        {
            Perform(step);
        }
        catch (Stopped)
        {
            Note("stopped", true);
        }

        Settle();
    }

    /// <summary>The guest gets on without the hypervisor: it stores and loads what it can.</summary>
    private void RunOn(MemoryStep step)
    {
        Note("ran on", true);
        ref VirtualCpu vcpu = ref guest.Vcpu;
        ulong named = Tlb.Root, loaded = vcpu.IsKernel ? vcpu.LoadedKernelRoot : vcpu.LoadedUserRoot;
        if (loaded != named)
            Tlb.LoadQuietly(new(loaded));
        if (step.C % 4 == 0)
            Touch();
        else
            Scribble(step.A, step.B, step.C);
        if (loaded != named)
            Tlb.LoadQuietly(new(named));
    }

    private void ToApplications(MemoryStep step)
    {
        ref VirtualCpu vcpu = ref guest.Vcpu;
        if (vcpu.UserRoot == 0 && vcpu.IsKernel)
            AddressSpaces.SetUserRoot(ref vcpu, Mfn.Of(vcpu.KernelRoot));
        if (vcpu.IsKernel && vcpu.UserRoot != 0)
        {
            vcpu.KernelMode = 0;
            Tlb.LoadQuietly(vcpu.UserRoot);
            Note("applications", true);
        }

        if (vcpu.IsKernel || step.B % 3 != 0 || guest.Domain.Rights.IsInitial || !TakesFrames(ref vcpu))
            RunOn(step);
        else
            FaultAlone(step);
    }

    /// <summary>Whether the kernel's stack is mapped, so that a fault is not the guest's end.</summary>
    private static bool TakesFrames(ref VirtualCpu vcpu)
    {
        Tlb.LoadQuietly(vcpu.KernelRoot);
        bool takes = PageWalk.TryTranslate(vcpu.KernelStack - 8, write: true, user: false, out _)
            && PageWalk.TryTranslate(vcpu.KernelStack - 64, write: true, user: false, out _);
        Tlb.LoadQuietly(vcpu.UserRoot);
        return takes;
    }

    /// <summary>
    /// A page fault of an application, which goes to its kernel without the lock: meanwhile whoever runs on another processor may make whole calls.
    /// </summary>
    private void FaultAlone(MemoryStep step)
    {
        ref VirtualCpu vcpu = ref guest.Vcpu;
        vcpu.Traps.Addresses[14] = TinyGuest.AddressOf(CodePage);
        bool took = WayIn.PageFault(ref vcpu, Picks.Address(step.A), 4 | (step.B & 2));
        Note(took ? "fault with the lock" : "fault alone", true);
        Settle();
    }

    /// <summary>
    /// What a kernel does that is sane: empties a page, perhaps puts one mapping there, takes write access to it away without a flush, and makes it a
    /// table; or the way back. Other processors have used the page until then, and may go on.
    /// </summary>
    private void CleanTable(uint a, uint b, uint c)
    {
        int page = (int)(10 + a % (FramesEach - 14));
        Mfn frame = inTheMaking = guest.Frames[page];
        ulong entry = TinyGuest.Entry(frame, writable: true), flush = c % 4;
        if (FrameTable.Of(frame).Has(Hypervisor.Frames.Frame.Pinned))
        {
            Extended(new MmuExtendedOperation { Command = MmuExtendedCommand.UnpinTable, Argument1 = frame.Value }, DomainIds.Self);
            Call("mapping", Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), entry, flush);
            return;
        }

        TinyGuest.TryStore(TinyGuest.AddressOf(page), 0ul);
        Extended(new MmuExtendedOperation { Command = MmuExtendedCommand.ClearPage, Argument1 = frame.Value }, DomainIds.Self);
        uint level = 1 + b % 4;
        if (level == 1)
            TinyGuest.TryStore(TinyGuest.AddressOf(page) + b % 512 * 8, TinyGuest.Entry(guest.Frames[(int)(b >> 9) % FramesEach], (b & 16) != 0));
        Call("mapping", Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), entry & ~PageTableEntry.Writable, flush == 3 ? 5 : flush);
        Extended(new MmuExtendedOperation { Command = (MmuExtendedCommand)(level - 1), Argument1 = frame.Value }, DomainIds.Self);
        inTheMaking = default;
    }

    /// <summary>What a processor does on its way back into a guest (Traps/Work), short of waiting.</summary>
    private void Settle()
    {
        ref ProcessorState processor = ref TestMachine.Processor;
        for (int turn = 0; turn < 8 && (processor.Work != ProcessorWork.None || Scheduler.RunningOn(processor).IsNull); turn++)
        {
            ProcessorWork work = processor.Work;
            processor.Work = ProcessorWork.None;
            if ((work & ProcessorWork.Timer) != 0)
                TimerEvents.TakeInterrupt(ref processor);
            if ((work & ProcessorWork.Teardown) != 0)
                TearDown(ref processor);
            processor.Work &= ~ProcessorWork.Teardown;
            if (((work & ProcessorWork.Schedule) != 0 || Scheduler.RunningOn(processor).IsNull) && !Scheduler.TryChoose(ref processor, out _))
                return;
        }
    }

    /// <summary>Makes the one who runs here the one who acts; false where nobody runs.</summary>
    private bool TryBecomeRunning()
    {
        Link<VirtualCpu> running = Scheduler.RunningOn(TestMachine.Processor);
        if (running.IsNull)
            return false;
        ushort id = running.Value.Domain.Id;
        int place = guests.FindIndex(one => one.IsOf(id));
        if (place < 0)
            return false;
        (guest, self) = (guests[place], place);
        guest.Active = running.Value.Number;
        return true;
    }

    /// <summary>A moment within a call: guests on other processors, who need no lock for that, store and load.</summary>
    private void OthersGetOn()
    {
        bool making = inTheMaking.Value != 0;
        if (moments.Next(making ? 2 : 8) != 0)
            return;
        uint number = (uint)moments.Next((int)Processors.All.Length);
        if (number == SimulatedProcessor.Number || LoadedVcpus.All[number].IsNull || Scheduler.RunningOn(Processors.All[number].Value).IsNull)
            return;
        if (!HypervisorLock.IsHeld)
        {
            HypervisorLock.Acquire();
            On(number, () => Act(MemoryStep.DrawOfMany(moments, deaths)));
            HypervisorLock.Release();
            Note("call beside a fault", true);
            return;
        }
        On(number, () =>
        {
            if (!TryBecomeRunning())
                return;
            uint value = (uint)moments.Next();
            if (TryWriteIntoTheMaking(number, value))
                Note("moment of making", true);
            else if (value % 3 == 0)
                PageWalk.TryTranslate(Picks.Address(value >> 2), write: false, user: true, out _);
            else
                Scribble(value, value >> 4, value >> 1);
            Note("moment", true);
        });
    }

    /// <summary>
    /// The frame that is being made a table is still remembered as writable here: the entry that is written now is one that nobody has looked at.
    /// </summary>
    private bool TryWriteIntoTheMaking(uint processor, uint value)
    {
        foreach ((ulong page, Translation translation) in Translations.PagesOf(processor))
        {
            if (translation.Frame != inTheMaking || !translation.Writable)
                continue;
            ulong entry = TinyGuest.Entry(guest.Frames[(int)(value % TinyGuest.Tables)], writable: true);
            return TinyGuest.TryStore((page << Mfn.Shift) + value % 512 * 8, entry);
        }

        return false;
    }
}
