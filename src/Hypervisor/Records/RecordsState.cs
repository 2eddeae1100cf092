using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct RecordsState
{
    /// <summary>The machine's.</summary>
    public static ref RecordsState Now => ref PerMachine<RecordsState>.Now;

    public Table<Link<VirtualCpu>> LoadedVcpusAll;
    public Table<Link<Domain>> DomainTableAll;
    public uint DomainTableBirths;
    public DomainTable.NameBuckets DomainTableBuckets;
}
