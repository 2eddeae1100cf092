using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// Every hypercall and every command, 64 at a time or mixed, with numbers at their edges and records by chance, in a guest whose ports are all open,
/// or all closed and queued, or all waiting for their words. Only what would end the guest, or take its stack and handlers away, is left out. What
/// they answer does not matter; nobody may wait for any of them.
/// </summary>
internal static unsafe class CallsAtWorst
{
    private const int Rounds = 50, RecordBytes = 128;
    private const uint Ports = 4096 + 1024;

    private static ulong records, lists;

    internal static void Run()
    {
        Chance.Begin(1);
        Guest.VcpuInfo.EventUpcallMask = 1;
        records = Pages(Batch.Capacity * RecordBytes / (int)Frames.PageBytes);
        lists = Pages(4);
        for (int scene = 0; scene < 4; scene++)
        {
            Prepare(scene);
            for (int round = 0; round < Rounds; round++)
                Throw();
        }

        FifoEvents.Reset();
    }

    // Pages of the pool lie one after another.
    private static ulong Pages(int count)
    {
        ulong first = Frames.Take();
        for (int page = 1; page < count; page++)
            Frames.Take();
        return first;
    }

    /// <summary>
    /// The two-level form with all ports open; then the other, with events that wait, with ports that are queued, and with both closed.
    /// </summary>
    private static void Prepare(int scene)
    {
        FifoEvents.Reset();
        if (scene != 0)
            FifoEvents.Begin(scene == 1 ? 0u : 6);
        for (uint port = 0; port < Ports; port++)
            Events.BindIpi();
        for (uint port = 3; port < Ports && scene != 0; port++)
        {
            if (scene > 1)
                FifoEvents.Word(port) = 0;
            Events.Send(port);
            if (scene == 3 || (scene == 2 && port % 256 == 0))
                Events.Close(port);
        }
    }

    private static void Throw()
    {
        // Half of the batches are of one kind, so that the worst of each is seen.
        bool same = Chance.Below(2) == 0;
        ulong kind = Chance.Next(), command = Chance.Next(), most = Chance.Of([1, 7, Batch.Capacity, Batch.Capacity]);
        for (ulong index = 0; index < most; index++)
        {
            if (!same)
                (kind, command) = (Chance.Next(), Chance.Next());
            ulong record = records + (index * RecordBytes);
            Fill(record);
            Add(kind % 17, command, record);
        }

        Verdict.ExpectDone(Batch.Perform(), "a batch"u8);
    }

    private static void Fill(ulong record)
    {
        var words = new Span<uint>((void*)record, RecordBytes / 4);
        ReadOnlySpan<ulong> numbers = [0, 0, 1, 2, 3, Ports - 1, 255, 256, 4095, 4096, 131_071, 131_072, DomainIds.Self, uint.MaxValue, int.MaxValue];
        // Two of them may be an address to write to: with these it is none of the guest's.
        for (int word = 0; word < words.Length; word++)
            words[word] = (uint)Chance.Of(numbers);
        if (Chance.Below(4) == 0)
            *(ulong*)record = lists;
        if (Chance.Below(4) == 0)
            *(ulong*)record = Frames.Of(lists);
    }

    private static void Add(ulong kind, ulong command, ulong record)
    {
        switch (kind)
        {
            case < 5: AddEvents((EventChannelCommand)(command % 15), record); break;
            case 5 or 6: AddVcpu((VcpuCommand)(command % 16), record); break;
            case 7: AddScheduling(command, record); break;
            case 8: AddDevice((PhysdevCommand)(command % 34), record); break;
            case 9: Batch.Add(Hypercall.XenVersion, command % 12, lists); break;
            case 10: Batch.Add(Hypercall.GrantTableOp, Chance.Of([3, 6, 8, 9, 10, 12, 13]), record, Chance.Of([0, 1, 2, uint.MaxValue])); break;
            case 11: Batch.Add(Hypercall.MemoryOp, Chance.Of([2, 3, 4, 5, 7, 9, 10, 12, 14, 15, 17, 18, 19, 23, 26, 27, 28]), record); break;
            case 12: AddContext(command, record); break;
            case 13: Batch.Add(Hypercall.ConsoleIo, command % 3, Chance.Of([0, 1, 4096, 16_384, uint.MaxValue]), lists); break;
            case 14: Batch.Add(Hypercall.SetTimerOp, Chance.Of([0, 1, Clock.Now, Clock.Now + 1000, ulong.MaxValue])); break;
            case 15: Batch.Add((Hypercall)(34 + (command % 40)), record, record, record, record); break;
            default: AddBad(command); break;
        }
    }

    // A frame that the hypervisor is to write to must be none that the guest needs.
    private static void PutFrame(ulong record) => *(ulong*)record = Chance.Below(2) == 0 ? Frames.Of(lists) : ulong.MaxValue;

    private static void AddDevice(PhysdevCommand command, ulong record)
    {
        if (command is PhysdevCommand.PirqEoiGmfnV1 or PhysdevCommand.PirqEoiGmfnV2)
            PutFrame(record);
        Batch.Add(Hypercall.PhysdevOp, (ulong)command, record);
    }

    /// <summary>A port of the console's or the store's would be lost for the verdict: 1 and 2 are not closed.</summary>
    private static void AddEvents(EventChannelCommand command, ulong record)
    {
        bool loses = command is EventChannelCommand.Close or EventChannelCommand.Reset;
        if (loses && *(uint*)record < 3)
            *(uint*)record = 3;
        if (command == EventChannelCommand.Reset && Chance.Below(8) == 0)
            *(ushort*)record = DomainIds.Self;
        if (command is EventChannelCommand.InitControl or EventChannelCommand.ExpandArray)
            PutFrame(record);
        if (command == EventChannelCommand.AllocUnbound || command == EventChannelCommand.Status)
            *(ushort*)record = DomainIds.Self;
        Batch.Add(Hypercall.EventChannelOp, (ulong)command | (Chance.Below(4) == 0 ? Chance.Next() << 32 : 0), record);
    }

    /// <summary>Virtual CPU 0 stays up, and its record stays where the kit knows it to be.</summary>
    private static void AddVcpu(VcpuCommand command, ulong record)
    {
        bool own = command is VcpuCommand.Down or VcpuCommand.RegisterVcpuInfo or VcpuCommand.Initialise or VcpuCommand.Up or VcpuCommand.SendNmi
            or VcpuCommand.RegisterRunstateMemoryArea or VcpuCommand.RegisterVcpuTimeMemoryArea;
        Batch.Add(Hypercall.VcpuOp, (ulong)command, own ? uint.MaxValue : Chance.Of([0, 0, 1, 31, 32]), record);
    }

    private static void AddScheduling(ulong command, ulong record)
    {
        SchedPoll* poll = (SchedPoll*)record;
        switch (command % 4)
        {
            case 0:
                (poll->Ports, poll->PortCount, poll->Timeout) = (lists, (uint)Chance.Of([1, 128, 129]), 1);
                Batch.Add(Hypercall.SchedOp, (ulong)SchedCommand.Poll, record);
                break;
            case 1: Batch.Add(Hypercall.SchedOp, (ulong)SchedCommand.Yield); break;
            default: Batch.Add(Hypercall.SchedOp, Chance.Of([5, 7, 8]), record); break;
        }
    }

    private static void AddContext(ulong command, ulong record)
    {
        switch (command % 8)
        {
            case 0: Batch.Add(Hypercall.FpuTaskSwitch, 0); break;
            case 1: Batch.Add(Hypercall.SetDebugRegister, Chance.Below(9), 0); break;
            case 2: Batch.Add(Hypercall.GetDebugRegister, Chance.Below(9)); break;
            case 3: Batch.Add(Hypercall.UpdateDescriptor, (Frames.Of(lists) << 12) + 8, Chance.Next()); break;
            case 4: Batch.Add(Hypercall.VmAssist, Chance.Below(2), Chance.Of([2, 5, 63])); break;
            case 5: Batch.Add(Hypercall.SetSegmentBase, Chance.Of([0, 4, 5]), record); break;
            case 6: Batch.Add(Hypercall.UpdateVaMapping, lists, Entries.Make(Frames.Of(lists), Entries.ReadWrite), Chance.Below(6)); break;
            default: Batch.Add(Hypercall.PlatformOp, record); break;
        }
    }

    /// <summary>Lists that are nowhere, or end where memory does.</summary>
    private static void AddBad(ulong command)
    {
        ulong place = Chance.Of([8, 0x7fff_ffff_ffc0, 0xffff_8000_0000_0000, ulong.MaxValue - 15]);
        ReadOnlySpan<ulong> calls = [1, 26, 20, 13, 3];
        Batch.Add((Hypercall)calls[(int)(command % 5)], place, 0x7fff_ffff, 0x7fff_ffff, DomainIds.Self);
    }
}
