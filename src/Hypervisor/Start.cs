using System;
using System.Runtime;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;
using Serai.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor;

/// <summary>The order in which the machine comes up.</summary>
public static class Start
{
    private readonly struct OptionReport : IOptionSink
    {
        public void Unknown(ReadOnlySpan<byte> option)
            => Log.Always().Text("unknown option '"u8).Foreign(option).Text("' is ignored"u8).End();

        public void BadValue(ReadOnlySpan<byte> option)
            => Log.Always().Text("option '"u8).Foreign(option).Text("' has no good value and is ignored"u8).End();
    }

    [RuntimeExport("Start")]
    private static void Enter(uint magic, ulong information)
    {
        HypervisorLock.Acquire();
        RoomStates.Begin();
        bool loaded = BootInformation.Read(magic, information);
        StartConsole();
        if (!loaded)
            Panic.Refuse("the loader speaks neither multiboot 1 nor multiboot 2"u8);
        StartMemory();
        StartProcessor();
        StartTime();
        StartProcessors();
        BootReport.Write();
        Log.Always().Text("Ctrl-] moves the keyboard between the hypervisor's console (h for help there) and the domains"u8).End();
        ModuleDomains.StartAll();
        Log.Always().Text("all modules are done; "u8).Number(FrameAllocator.FreeCount).Text(" frames are free"u8).End();
        if (!DomainTable.TryFindFrom(0, out _) && !BuildRequests.AreWaiting)
            Log.Always().Text("there is no domain to run (a module's command line: FILE domain=NAME memory=256M [ramdisk] -- ...)"u8).End();
        Serial.Waits = false;
        LockWatch.Forget();
        ReleaseOthers();
        EntryPoint.EnterGuest(ref Work.Run(ref Processors.All[0].Value));
    }

    internal static void StartConsole()
    {
        ReadOnlySpan<byte> arguments = LoaderLine.Arguments(BootInformation.CommandLine, BootInformation.LoaderName);
        SerialOptions port = SerialOptions.Default;
        Serial.Initialise((ushort)port.IoBase, port.Baud, port.LineControl);
        var report = new OptionReport();
        BootOptions.Chosen = BootOptionParser.Parse(arguments, ref report);
        port = BootOptions.Chosen.Com1;
        if ((BootOptions.Chosen.Console & ConsoleDevices.Com1) != 0)
            Serial.Initialise((ushort)port.IoBase, port.Baud, port.LineControl);
        else
            Serial.Close();
        if ((BootOptions.Chosen.Console & ConsoleDevices.Vga) != 0)
            TextScreen.Open();
        Log.Always().Text("Serai, a hypervisor for guests of the Xen 4.17 PV interface"u8).End();
    }

    internal static void StartMemory()
    {
        Acpi.Protect(BootInformation.AcpiRoot);
        if (BootInformation.ClaimsLost != 0)
            Panic.Refuse("the firmware has more tables in RAM than can be kept"u8);
        if (BootInformation.EntriesLost != 0)
            Log.Always().Text("the loader's memory map is too long: the last "u8).Number((ulong)BootInformation.EntriesLost)
                .Text(" entries are left out"u8).End();
        PhysicalMemory.Initialise();
        if (PhysicalMemory.RamEnd == 0)
            Panic.Refuse("the loader tells of no memory"u8);
        Speculation.Close(BootOptions.Chosen.Split);
        ulong frames = PhysicalMemory.RamEnd >> Mfn.Shift;
        ulong records = BootMemory.Take(frames * 24);
        ulong numbers = BootMemory.TakeLarge(PhysicalMemory.TableBytes);
        ulong tables = HypervisorTables.FramesNeeded(PhysicalMemory.RamEnd);
        HypervisorTables.Initialise(Mfn.Of(new(BootMemory.Take(tables << Mfn.Shift))), tables);
        HypervisorTables.MapMemory(PhysicalMemory.RamEnd);
        HypervisorTables.MapMachineToPhysical(numbers, PhysicalMemory.TableBytes);
        FrameTable.All = new Table<Frame>(records, frames);
        MachineToPhysical.All = new Table<ulong>(numbers, PhysicalMemory.TableBytes / 8);
        DomainTable.Initialise(new Table<Link<Domain>>(BootMemory.TakeCleared(DomainTable.Capacity * 8), DomainTable.Capacity));
        Acpi.Find();
        EfiSystem.Find(BootInformation.EfiTable);
        PowerRegisters.Initialise();
        uint limit = BootOptions.Chosen.MaxCpus;
        uint most = limit == 0 || limit > Acpi.ProcessorCount ? Acpi.ProcessorCount : limit;
        uint count = most == 0 ? 1 : most;
        Processors.All = new Table<Link<ProcessorState>>(BootMemory.TakeCleared(Mfn.Size), count);
        LoadedVcpus.All = new Table<Link<VirtualCpu>>(BootMemory.TakeCleared(Mfn.Size), count);
        ulong exits = ExitTrace.RecordsFor(count);
        ExitTrace.Initialise(new Table<ExitRecord>(BootMemory.TakeCleared(exits * ExitTrace.RecordBytes), exits));
        Scheduler.Initialise(new Table<ProcessorSchedule>(BootMemory.TakeCleared(ProcessorSchedule.Bytes * Processors.Most), Processors.Most),
            BootOptions.Chosen.Scheduler, BootOptions.Chosen.SwitchMicroseconds * 1000ul);
        InterruptSources.Initialise(BootMemory.TakeCleared(InterruptSources.Bytes));
        Vectors.Initialise(BootMemory.TakeCleared(Vectors.Bytes(count)), count);
        PciFunctions.Initialise(BootMemory.TakeCleared(PciFunctions.Bytes));
        PhysicalInterrupts.Initialise(BootMemory.TakeCleared(PhysicalInterrupts.Bytes));
        ProcessorTimer.Initialise(new Table<ProcessorTimer>(BootMemory.TakeCleared(ProcessorTimer.Bytes * Processors.Most), Processors.Most));
        ProcessorMemory.Prepare(Processors.All);
        SharedFrames.Initialise(BootMemory.TakeCleared(Mfn.Size));
        FrameSetup.Run();
        if (!Rebuilds.TryPrepare())
            Panic.Refuse("there is no memory for a second stack"u8);
        Log.Always().Text("memory: "u8).Number(FrameAllocator.FreeCount >> 8).Text(" MiB free of "u8).Number(PhysicalMemory.RamBytes >> 20)
            .Text(" MiB, "u8).Number(BootMemory.Taken >> 10).Text(" KiB for the hypervisor"u8).End();
    }

    internal static void StartProcessor()
    {
        if (BootOptions.Chosen.Smap)
            GuestWindow.Guard();
        ProcessorSetup.Run(ref Processors.All[0].Value);
        Processors.HostCr0 = Instructions.ReadCr0();
        FrameTable.PhysicalLimit = ProcessorSetup.PhysicalFrameLimit;
        if (BootOptions.Chosen.AbsentEntries == Defence.On
            || (BootOptions.Chosen.AbsentEntries == Defence.AsNeeded && (Speculation.Leaks & Leaks.Cached) != 0))
            AbsentEntries.Guard();
    }

    internal static void StartTime()
    {
        LocalApic.Initialise(BootOptions.Chosen.X2Apic || Acpi.HasWideIdentifiers);
        if (LocalApic.IsWide)
            Log.Always().Text("the local APICs are in x2APIC mode"u8).End();
        if (LocalApic.Identifier > IoApic.HighestTarget)
            Panic.Refuse("the first processor's APIC identifier is one that interrupts of devices cannot reach"u8);
        IoApic.Initialise();
        RefusedFrames.Initialise();
        InterruptSources.Start(LocalApic.Identifier);
        if (!ClockStart.TryMeasure(out ReadOnlySpan<byte> reason))
            Panic.Refuse(reason);
        ClockStart.ReadWallClock();
        GuestCpuid.Initialise();
        if (Serial.IsReady)
            InterruptSources.Keep(InterruptRouting.LineOf(BootOptions.Chosen.Com1.Irq), LocalApic.SerialVector);
        Log.Always().Text("processor: "u8).Number(SystemTime.Kilohertz).Text(" kHz, extended state "u8).Hex(FloatingPoint.Features)
            .Text(GuestWindow.IsGuarded ? ", SMAP"u8 : ""u8).End();
        LeakReport.Write();
    }

    /// <summary>Wakes the other processors one after another; those that do not come are named and left out.</summary>
    internal static void StartProcessors()
    {
        uint online = 1, own = LocalApic.Identifier, usable = (uint)Processors.All.Length;
        Processors.All[0].Value.ApicIdentifier = own;
        for (uint index = 0; index < Acpi.ProcessorCount && online < usable; index++)
        {
            uint identifier = Acpi.ProcessorIdentifier(index);
            if (identifier == own)
                continue;
            Processors.All[online].Value.ApicIdentifier = identifier;
            if (TryStart(online, identifier))
                online++;
            else
                ProcessorMemory.LeaveOut(Processors.All, online, --usable);
        }
        Processors.All = Processors.All.First(online);
        HypervisorTables.DropIdentity();
        if (Acpi.ProcessorsLeftOut != 0)
        {
            Log.Always().Number(Acpi.ProcessorsLeftOut).Text(" more processors, with APIC identifiers from "u8)
                .Number(Acpi.LowestLeftOut).Text(" to "u8).Number(Acpi.HighestLeftOut)
                .Text(", are left out: at most "u8).Number(ProcessorState.Maximum).Text(" are used"u8).End();
        }
        Log.Always().Text("processors: "u8).Number(online).Text(" of "u8)
            .Number(Acpi.ProcessorCount == 0 ? 1 : Acpi.ProcessorCount + Acpi.ProcessorsLeftOut).End();
    }

    private static bool TryStart(uint number, uint identifier)
    {
        if (!LocalApic.CanReach(identifier))
            return LeaveOut(identifier, " cannot be reached without x2APIC mode"u8);
        CounterComparison.Prepare();
        if (!ApplicationProcessors.TryStart(ref Processors.All[number].Value))
            return LeaveOut(identifier, " does not start"u8);
        if (CounterComparison.Ask(number))
            return true;
        // It may only be late, and would answer what the next one is asked, under that one's number.
        LocalApic.SendReset(identifier);
        return LeaveOut(identifier, " does not answer, or has a counter that cannot be set to the first one's"u8);
    }

    private static bool LeaveOut(uint identifier, ReadOnlySpan<byte> reason)
    {
        Log.Always().Text("the processor with APIC identifier "u8).Number(identifier).Text(reason).Text(": left out"u8).End();
        return false;
    }

    /// <summary>Where every other processor begins, on its own stack: it sleeps until the first has built the domains.</summary>
    [RuntimeExport("StartApplicationProcessor")]
    private static void EnterProcessor(ref ProcessorState processor)
    {
        if (ApplicationProcessors.IsGivenUp(processor))
            Instructions.Halt();
        ProcessorSetup.Run(ref processor);
        if (!LocalApic.TryEnable() || !ApplicationProcessors.TryArrive(ref processor) || !CounterComparison.Answer())
            Instructions.Halt();
        HypervisorLock.DemandNone();
        while (!Processors.AreReleased)
            Instructions.WaitForInterrupt();
        HypervisorLock.Acquire();
        EntryPoint.EnterGuest(ref Work.Run(ref processor));
    }

    /// <summary>The first processor has done its part.</summary>
    private static void ReleaseOthers()
    {
        Processors.AreReleased = true;
        for (uint number = 1; number < Processors.All.Length; number++)
            Interprocessor.Kick(ref Processors.All[number].Value);
    }
}
