using System.Threading;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// A console ring full of line feeds, and one of lines of one letter: each byte is a line on the terminal, with a prefix that is longer than it, and
/// on the machine's screen all rows move. One blanks a row again and again. One event asks for 2048 bytes of that, or one call of the initial
/// domain's. All must come out, and nobody may wait for it.
/// </summary>
internal static unsafe class NewlineFlood
{
    internal static void Run()
    {
        if (Guest.IsInitial)
        {
            Write("\n\n"u8);
            Write("x\n"u8);
            Write(EraseLine);
            Serai.GuestKit.Console.Write("\n"u8);
            return;
        }

        Fill(EraseLine);
        for (int turn = 0; turn < 4; turn++)
            Fill(turn % 2 == 0 ? "\n\n"u8 : "x\n"u8);
    }

    /// <summary>Three bytes that blank a row of the screen, where who has the keyboard writes them.</summary>
    private static System.ReadOnlySpan<byte> EraseLine => "\u001b[K"u8;

    /// <summary>The initial domain's console is a call: as many bytes in one, and again in a batch, with reads between.</summary>
    private static void Write(System.ReadOnlySpan<byte> pattern)
    {
        const int calls = 8;
        ulong page = Frames.Take();
        for (int index = 0; index < ConsoleOutput.Length; index++)
            ((byte*)page)[index] = pattern[index % pattern.Length];
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, ConsoleOutput.Length, page), "a page of lines"u8);
        for (int call = 0; call < calls; call++)
        {
            Batch.Add(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, ConsoleOutput.Length / calls, page);
            Batch.Add(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Read, Frames.PageBytes - ConsoleOutput.Length, page + ConsoleOutput.Length);
        }

        Verdict.ExpectDone(Batch.Perform(), "a batch of lines"u8);
        for (int call = 0; call < calls; call++)
            Verdict.ExpectDone(Batch.ResultOf(2 * call), "lines of the batch"u8);
    }

    private static void Fill(System.ReadOnlySpan<byte> pattern)
    {
        ref ConsoleRing ring = ref *(ConsoleRing*)Frames.AddressOf(Guest.StartInfo.Console.GuestFrame);
        while (Volatile.Read(ref ring.OutConsumer) != ring.OutProducer)
            Alarm.Sleep(1_000_000);
        for (int index = 0; index < ConsoleOutput.Length; index++)
            ring.Out[(int)((ring.OutProducer + (uint)index) % ConsoleOutput.Length)] = pattern[index % pattern.Length];
        Volatile.Write(ref ring.OutProducer, ring.OutProducer + ConsoleOutput.Length);
        Events.Send(Guest.StartInfo.Console.GuestEventPort);
        for (int index = 0; index < Batch.Capacity; index++)
            Batch.Add(Hypercall.EventChannelOp, (ulong)EventChannelCommand.Send, Hypercalls.AddressOf(in Guest.StartInfo.Console.GuestEventPort));
        Verdict.ExpectDone(Batch.Perform(), "a batch of events for the console"u8);
    }
}
