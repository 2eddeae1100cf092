using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A guest that never gives up the processor: no hypercalls, no faults, events masked. Only the hypervisor's own timer can take it away. It runs
/// beside others, which must notice nothing.
/// </summary>
internal static class EndlessLoop
{
    internal static void Run()
    {
        // jmp $
        Probe.Code([0xeb, 0xfe]);
        Verdict.Expect(false, "the loop has ended"u8);
    }
}
