using System;
using System.Runtime;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>
/// With guest=bench, performs every row some times over: what is counted is the plugin's affair, this guest only checks that each operation
/// worked.
/// </summary>
internal static class Program
{
    private const int Repetitions = 3;

    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        if (Guest.Option("guest="u8).SequenceEqual("bench"u8))
            RunRows();
        // Ends QEMU, where powering off would not do it under Xen.
        Hypercalls.Shutdown(ShutdownReason.Reboot);
    }

    private static void RunRows()
    {
        Verdict.Begin("bench"u8);
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            CallRows.Run();
            MappingRows.Run();
            FrameRows.Run();
            EventRows.Run();
            GrantRows.Run();
            ApplicationRows.Run();
        }
        for (int repetition = 0; repetition < Repetitions; repetition++)
            FifoRows.Run();
        Verdict.Finish();
    }
}
