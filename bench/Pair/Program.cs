using System;
using System.Runtime;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>
/// role=vcpus: two virtual CPUs of this domain. role=first peer=ID, role=second peer=ID: two domains, of which the first measures, after=MILLISECONDS
/// and with timers=1 its timer as well. processors=2 where the machine has two. What is counted is the plugin's affair; the ticks that the guest
/// says too are for the tests.
/// </summary>
internal static class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        ReadOnlySpan<byte> role = Guest.Option("role="u8);
        bool oneProcessor = Guest.Number("processors="u8, 1) == 1;
        var peer = (ushort)Guest.Number("peer="u8, 0);
        if (role.SequenceEqual("second"u8))
        {
            TwoDomains.Serve(peer);
            return;
        }

        Verdict.Begin("bench"u8);
        if (role.SequenceEqual("first"u8))
            TwoDomains.Measure(peer, oneProcessor);
        else
            TwoVcpus.Measure(oneProcessor);
        Verdict.Finish();
        // Ends QEMU, where powering off would not do it under Xen.
        Hypercalls.Shutdown(Guest.IsInitial ? ShutdownReason.Reboot : ShutdownReason.PowerOff);
    }
}
