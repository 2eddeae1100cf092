using System;

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
        // 126 nops and a jump back to them: what counts instructions counts these many at a time.
        Span<byte> loop = stackalloc byte[128];
        loop.Fill(0x90);
        (loop[126], loop[127]) = (0xeb, 0x80);
        Probe.Code(loop);
        Verdict.Expect(false, "the loop has ended"u8);
    }
}
