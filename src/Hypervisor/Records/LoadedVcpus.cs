using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>Whose state is in each processor.</summary>
public static class LoadedVcpus
{
    /// <summary>
    /// The VirtualCpu whose segments, descriptor tables and floating-point state are in the processor, or null; by processor number.
    /// </summary>
    public static ref Table<Link<VirtualCpu>> All => ref RecordsState.Now.LoadedVcpusAll;
}
