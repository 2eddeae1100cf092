using System.Threading;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A domain that keeps its console ring full of line feeds, until `to=` milliseconds: what a call's budget has no room for is written between guests,
/// in its neighbours' time, and must be no more than its own. `flood=0`: it computes instead, to compare.
/// </summary>
internal static unsafe class TextFlood
{
    private const ulong Millisecond = 1_000_000;

    internal static void Run()
    {
        ulong end = Guest.Number("to="u8, 2_000) * Millisecond;
        bool floods = Guest.Number("flood="u8, 1) != 0;
        ref ConsoleRing ring = ref *(ConsoleRing*)Frames.AddressOf(Guest.StartInfo.Console.GuestFrame);
        while (Clock.Now < end)
        {
            uint free = floods ? ConsoleOutput.Length - (ring.OutProducer - Volatile.Read(ref ring.OutConsumer)) : 0;
            for (uint index = 0; index < free; index++)
                ring.Out[(int)((ring.OutProducer + index) % ConsoleOutput.Length)] = (byte)'\n';
            Volatile.Write(ref ring.OutProducer, ring.OutProducer + free);
            if (floods)
                Events.Send(Guest.StartInfo.Console.GuestEventPort);
        }
    }
}
