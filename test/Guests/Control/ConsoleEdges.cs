using Serai.Abi;
using Serai.Abi.Io;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// The console belongs to the initial domain. A count of 2^32 - 1 is four gigabytes to copy with the interrupts off; a domain without privilege
/// must be told so and use its ring.
/// </summary>
internal static unsafe class ConsoleEdges
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        if (!Guest.IsInitial)
        {
            Verdict.ExpectError(Call(ConsoleIoCommand.Write, 1, page), Errno.Perm, "writing without privilege"u8);
            Verdict.ExpectError(Call(ConsoleIoCommand.Read, 1, page), Errno.Perm, "reading without privilege"u8);
            TryRing();
            return;
        }

        Verdict.ExpectDone(Call(ConsoleIoCommand.Write, 0, page), "writing nothing"u8);
        Verdict.ExpectDone(Call(ConsoleIoCommand.Write, 0, 0), "writing nothing from nowhere"u8);
        Verdict.Expect(Call(ConsoleIoCommand.Write, uint.MaxValue, page) < 0, "writing 2^32 - 1 bytes"u8);
        Verdict.Expect(Call(ConsoleIoCommand.Write, 0x8000_0000, page) < 0, "writing 2^31 bytes"u8);
        Verdict.ExpectError(Call(ConsoleIoCommand.Write, 8, 0xffff_8300_0000_0000), Errno.Fault, "writing the hypervisor's memory"u8);
        Verdict.ExpectDone(Call(ConsoleIoCommand.Read, 16, page), "reading with nothing typed"u8);
        Verdict.ExpectError(Call(ConsoleIoCommand.Read, uint.MaxValue, page), Errno.TooBig, "reading 2^32 - 1 bytes"u8);
        Verdict.ExpectError(Call((ConsoleIoCommand)2, 1, page), Errno.NoSys, "a command that there is not"u8);
    }

    // The ring is the guest's memory: its indexes may say anything.
    private static void TryRing()
    {
        ref ConsoleRing ring = ref *(ConsoleRing*)Frames.AddressOf(Guest.StartInfo.Console.GuestFrame);
        ulong address = Frames.AddressOf(Guest.StartInfo.Console.GuestFrame);
        Verdict.Expect(Probe.Load(address, out _), "the console's page is not mapped"u8);
        long port = Guest.StartInfo.Console.GuestEventPort;
        uint producer = ring.OutProducer, consumer = ring.OutConsumer;
        ring.Out.AsSpan().Fill((byte)' ');
        ring.OutProducer = producer + 0x8000_0000;
        Verdict.ExpectDone(Events.Send(port), "a ring with two gigabytes in it"u8);
        ring.OutConsumer = consumer;
        ring.OutProducer = consumer;
        Verdict.ExpectDone(Events.Send(port), "a ring with nothing in it"u8);
        Frames.Protect(address);
        Verdict.ExpectError(Mmu.Pin(Guest.StartInfo.Console.GuestFrame, 1), Errno.Inval, "the ring as a table"u8);
        Frames.Unprotect(address);
        Verdict.Expect(Events.Close(port) is 0 or -22, "closing the console's port"u8);
        Serai.GuestKit.Console.Write("\n"u8);
    }

    private static long Call(ConsoleIoCommand command, ulong count, ulong buffer) =>
        Hypercalls.Call(Hypercall.ConsoleIo, (ulong)command, count, buffer);
}
