using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// The last virtual CPU of a domain takes itself down. Nobody is left to run; the domain must end as if it had powered off.
/// </summary>
internal static class LastProcessorDown
{
    internal static void Run()
    {
        Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.Down, 0);
        Verdict.Expect(false, "it lives"u8);
    }
}
