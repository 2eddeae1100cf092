namespace Serai.Bench.Reports;

/// <summary>What figures of a mode mean and what they do not, in a few lines below the tables.</summary>
public static class Honesty
{
    private const string Instructions =
        "Counted are executed instructions, under QEMU's emulation: a cache miss, a walk of page tables after a TLB flush and CPUID cost one each,\n"
        + "and so does every round of a string instruction. On hardware, what flushes the TLB or changes address spaces costs more than is shown,\n"
        + "here and on Xen, and plain computation less. The repetition in the middle is shown, whole, and the spread of all where it is above 1 %.";

    private const string EmulatedTime =
        "Times are those of QEMU's emulation on this host, by the guest's clock: a trap or a change of page tables costs other multiples of an\n"
        + "addition than on hardware. They say how systems compare under emulation, no more; --accel kvm takes them on this machine's processor.";

    private const string VirtualTime =
        "Times are by the guest's clock, in a machine that KVM runs: an exit to the host (device, timer) costs what this host makes of it, and page\n"
        + "tables are walked in two dimensions. On bare metal both are missing.";

    /// <summary>The lines for what was asked for.</summary>
    public static string Words(Settings settings) => settings switch
    {
        { CountsInstructions: true } => Instructions,
        { Accelerator: "kvm" } => VirtualTime,
        _ => EmulatedTime,
    };
}
