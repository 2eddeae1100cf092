using System.Runtime;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>Makes every call, and says so when it is through. The machine is reset, which ends QEMU under Xen too.</summary>
internal static class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        Edge.Prepare();
        Record.Clear();
        Sweeps.Run();
        ProcessorCalls.Run();
        TableCalls.Run();
        DescriptorCalls.Run();
        MemoryCalls.Run();
        BatchCalls.Run();
        EventCalls.Run();
        GrantCalls.Run();
        VirtualCpuCalls.Run();
        DeviceCalls.Run();
        CacheCalls.Run();
        MachineCalls.Run();
        Serai.GuestKit.Console.WriteLine("END of the calls"u8);
        Hypercalls.Shutdown(ShutdownReason.Reboot);
    }
}
