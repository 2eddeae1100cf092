using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// Loops of which a guest says how long they are, all at their longest and many in one batch: sixty pages of event words for ports that all have an
/// event waiting, full descriptor tables changed for others, trap tables of every vector, thousands of ports polled, the form of events changed back
/// and forth. All must be done as asked, and nobody may wait for it.
/// </summary>
internal static unsafe class LongLoops
{
    private const int WordPages = 60, TablePages = 14, Vectors = 256, Polled = 128;
    private const uint Ports = WordPages * 1024;

    internal static void Run()
    {
        Guest.VcpuInfo.EventUpcallMask = 1;
        WaitingEvents();
        ChangeForms();
        DescriptorTables();
        TrapTables();
        Polls();
    }

    private static void WaitingEvents()
    {
        Verdict.ExpectDone(FifoEvents.Begin(0), "the FIFO form"u8);
        long last = 0;
        while (last >= 0 && last < Ports - 1)
            last = Events.BindIpi();
        long first = Guest.IsInitial ? 1 : 2;
        for (long port = first; port < Ports; port++)
            Events.Send(port);
        ulong records = Frames.Take(), words = Frames.Take();
        for (int page = 1; page < WordPages; page++)
            Frames.Take();
        for (int page = 0; page < WordPages; page++)
        {
            ulong record = records + ((ulong)page * 8);
            // Pages of the pool lie one after another.
            *(ulong*)record = Frames.Of(words + ((ulong)page * Frames.PageBytes));
            Batch.Add(Hypercall.EventChannelOp, (ulong)EventChannelCommand.ExpandArray, record);
        }

        Verdict.ExpectDone(Batch.Perform(), "sixty pages of words"u8);
        for (int page = 0; page < WordPages; page++)
            Verdict.ExpectDone(Batch.ResultOf(page), "a page of words"u8);
        int lost = 0;
        for (long port = first; port < Ports; port++)
            lost += (((uint*)words)[port] & (1u << EventFifo.Pending)) == 0 ? 1 : 0;
        Verdict.ExpectResult(lost, 0, "events that waited and were lost"u8);
        Verdict.ExpectDone(FifoEvents.Reset(), "the reset"u8);
    }

    private static void ChangeForms()
    {
        EventInitControl control = default;
        control.ControlFrame = Frames.Of(Frames.Take());
        ushort self = DomainIds.Self;
        for (int index = 0; index < Batch.Capacity; index += 2)
        {
            Batch.Add(Hypercall.EventChannelOp, (ulong)EventChannelCommand.InitControl, Hypercalls.AddressOf(in control));
            Batch.Add(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Reset, Hypercalls.AddressOf(in self));
        }

        Verdict.ExpectDone(Batch.Perform(), "the form changed 64 times"u8);
        for (int index = 0; index < Batch.Capacity; index++)
            Verdict.ExpectDone(Batch.ResultOf(index), "one change of the form"u8);
    }

    /// <summary>Two GDTs of fourteen full pages, in turn: each change checks 7168 descriptors.</summary>
    private static void DescriptorTables()
    {
        ulong lists = Frames.Take();
        for (int page = 0; page < 2 * TablePages; page++)
        {
            ulong table = Frames.Take();
            Frames.Words(table).Fill(0x00cf_f200_0000_ffff);
            Verdict.ExpectDone(Frames.Protect(table), "a page of descriptors"u8);
            ((ulong*)lists)[page] = Frames.Of(table);
        }

        for (int index = 0; index < Batch.Capacity; index++)
            Batch.Add(Hypercall.SetGdt, lists + ((ulong)(index % 2) * TablePages * 8), TablePages * 512);
        Verdict.ExpectDone(Batch.Perform(), "64 descriptor tables"u8);
        for (int index = 0; index < Batch.Capacity; index++)
            Verdict.ExpectDone(Batch.ResultOf(index), "a descriptor table"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetGdt, lists, 0), "no descriptor table"u8);
    }

    /// <summary>Tables that set one vector that nobody uses again and again.</summary>
    private static void TrapTables()
    {
        const uint unused = 200;
        ulong table = Frames.Take();
        Frames.Take();
        for (int entry = 0; entry < Vectors; entry++)
            ((TrapInfo*)table)[entry] = new TrapInfo { Vector = (byte)unused, Address = table };
        for (int index = 0; index < Batch.Capacity; index++)
            Batch.Add(Hypercall.SetTrapTable, table);
        Verdict.ExpectDone(Batch.Perform(), "64 trap tables"u8);
        Verdict.ExpectDone(Batch.ResultOf(Batch.Capacity - 1), "a trap table"u8);
    }

    private static void Polls()
    {
        ulong ports = Frames.Take();
        long port = Events.BindIpi();
        for (int index = 0; index < Polled; index++)
            ((uint*)ports)[index] = (uint)port;
        SchedPoll poll = default;
        (poll.Ports, poll.PortCount, poll.Timeout) = (ports, Polled, 1);
        for (int index = 0; index < Batch.Capacity; index++)
            Batch.Add(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll));
        Verdict.ExpectDone(Batch.Perform(), "64 polls of 128 ports"u8);
        Verdict.ExpectDone(Batch.ResultOf(Batch.Capacity - 1), "a poll"u8);
        Events.Close(port);
    }
}
