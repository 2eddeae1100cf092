using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// An exception that the guest has no handler for. Calling address 0 in its name would be one answer, stopping the machine another.
/// </summary>
internal static class NoHandler
{
    internal static void Run()
    {
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetTrapTable, 0), "clearing the trap table"u8);
        Probe.Try(ProbeCode.Undefined);
        Verdict.Expect(false, "it lives"u8);
    }
}
