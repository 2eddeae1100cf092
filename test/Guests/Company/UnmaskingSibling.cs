using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// The way back into a guest delivers an event if one waits that is not masked, and masks events with it. A second virtual CPU clears the first one's
/// mask and sets its pending byte as fast as it can: whoever looks again after each delivery delivers without end, until the frames have filled the
/// stack, though the guest has not executed an instruction meanwhile. One exit must be one event: the first virtual CPU makes its calls.
/// </summary>
internal static unsafe class UnmaskingSibling
{
    private const int Events = 2_000;

    private static ulong storms;

    internal static void Run()
    {
        ulong context = GuestKit.VirtualProcessors.MakeContext((ulong)(delegate*<void>)&Storm);
        Verdict.ExpectDone(GuestKit.VirtualProcessors.Initialise(1, context), "a second virtual CPU"u8);
        Verdict.ExpectDone(GuestKit.VirtualProcessors.Up(1), "the second virtual CPU up"u8);
        while (Volatile.Read(ref storms) == 0)
            Hypercalls.Yield();
        ulong enough = Traps.EventCount + Events;
        while (Volatile.Read(ref Traps.EventCount) < enough)
            Verdict.Expect(Hypercalls.Call(Hypercall.XenVersion) == 0x4_0011, "a call between events"u8);
        Verdict.ExpectDone(GuestKit.VirtualProcessors.Down(1), "the second virtual CPU down"u8);
        Volatile.Write(ref Guest.VcpuInfo.EventUpcallMask, 1);
    }

    private static void Storm()
    {
        while (true)
        {
            Volatile.Write(ref Guest.VcpuInfo.EventUpcallPending, 1);
            Volatile.Write(ref Guest.VcpuInfo.EventUpcallMask, 0);
            storms++;
        }
    }
}
