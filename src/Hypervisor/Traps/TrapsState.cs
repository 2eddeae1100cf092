using Serai.Hypervisor.Emulation;
using Serai.Machine;

namespace Serai.Hypervisor.Traps;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct TrapsState
{
    /// <summary>The machine's.</summary>
    public static ref TrapsState Now => ref PerMachine<TrapsState>.Now;

    public uint HouseworkKeeper;
    public ulong HouseworkTakenAt;
    public bool WorkTeardownWaits;
    public bool WorkBackgroundHadTurn;
    public int WorkSkipped;
    public CpuidHost GuestCpuidPresentHost;
}
