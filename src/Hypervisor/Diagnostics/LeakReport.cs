using Serai.Hypervisor.Output;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>What the processor leaks by speculation as far as it says, and what is done about it.</summary>
public static class LeakReport
{
    /// <summary>Writes two lines.</summary>
    public static void Write()
    {
        Leaks leaks = Speculation.Leaks;
        Log.Always().Text("speculation: the processor leaks "u8).Text(leaks == Leaks.None ? "nothing that it tells of"u8 : ""u8)
            .Text((leaks & Leaks.Mapped) != 0 ? "what is mapped (Meltdown), what is cached (L1TF)"u8 : ""u8)
            .Text(leaks == (Leaks.Mapped | Leaks.Cached | Leaks.Buffered) ? ", "u8 : ""u8)
            .Text((leaks & Leaks.Buffered) != 0 ? "its buffers (MDS)"u8 : ""u8)
            .Text(SplitTables.AreOn ? "; tables are split"u8 : "; tables are not split"u8).End();
        (bool predictions, bool cache, bool buffers) = Speculation.Forgets;
        Log.Always().Text("speculation: emptied between domains:"u8).Text(predictions ? " predictions"u8 : ""u8)
            .Text(cache ? " cache"u8 : ""u8).Text(buffers ? " buffers"u8 : ""u8)
            .Text(predictions || cache || buffers ? "; "u8 : " nothing; "u8)
            .Text(SplitTables.AreOn || (leaks & Leaks.Buffered) != 0 ? "on each way out: buffers"u8 : "on each way out: nothing"u8).End();
    }
}
