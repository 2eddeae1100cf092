using Serai.Abi;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>The debug key of grants: each domain's table, what it grants, and what it uses of others'.</summary>
public static class GrantReport
{
    /// <summary>A line for a domain that has a table or handles.</summary>
    public static void WriteUsed(ref Domain domain)
    {
        if (domain.Grants.FrameCount != 0 || domain.Grants.Maptrack.Count != 0 || domain.Grants.Outstanding != 0)
            Write(ref domain);
    }

    private static void Write(ref Domain domain)
    {
        uint offered = 0;
        for (uint reference = 0; reference < domain.Grants.EntryCount; reference++)
            offered += (domain.Grants.Entry(reference).Word & (uint)GrantFlags.TypeMask) != 0 ? 1u : 0;
        Log.Always().Text("domain "u8).Name(domain).Text(": "u8).Number((ulong)domain.Grants.FrameCount).Text(" frames of entries, "u8)
            .Number(offered).Text(" entries in use, "u8).Number(domain.Grants.Outstanding).Text(" handles of others on them, "u8)
            .Number(domain.Grants.Maptrack.Count).Text(" handles of its own on others'"u8).End();
    }
}
