using Serai.Hypervisor.Records;
using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct DomainsState
{
    /// <summary>The machine's.</summary>
    public static ref DomainsState Now => ref PerMachine<DomainsState>.Now;

    public Link<Domain> TeardownLastDying;
    public Table<BuildRequest> BuildRequestsRequests;
    public uint BuildRequestsNext;
    public uint BuildRequestsCount;
    public ushort DomainFrameLastId;
    public bool DomainFrameIdsComeAgain;
    public uint MachineEndTurns;
}
