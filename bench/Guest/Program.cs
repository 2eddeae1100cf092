using System;
using System.Runtime;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>
/// With guest=bench, performs every row some times over, with guest=devices those that are of devices: what is counted is the plugin's affair, this
/// guest only checks that each operation worked.
/// </summary>
internal static class Program
{
    private const int Repetitions = 3;

    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        if (Guest.Option("guest="u8).SequenceEqual("bench"u8))
            RunRows();
        if (Guest.Option("guest="u8).SequenceEqual("devices"u8))
            RunDeviceRows();
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

    private static void RunDeviceRows()
    {
        Verdict.Begin("bench"u8);
        Verdict.ExpectResult(Ports.SetLevel(1), 0, "set_iopl"u8);
        bool found = InterruptRows.Prepare();
        for (int repetition = 0; found && repetition < Repetitions; repetition++)
        {
            PortRows.Run(InterruptRows.Device);
            InterruptRows.Run();
            ExchangeRows.Run();
        }
        Verdict.Finish();
    }
}
