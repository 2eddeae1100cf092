using Serai.Machine;

namespace Serai.Hypervisor.Building;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct BuildingState
{
    /// <summary>The machine's.</summary>
    public static ref BuildingState Now => ref PerMachine<BuildingState>.Now;

    public ulong RebuildsSpent;
    public ulong RebuildsCounted;
    public bool RebuildsIsBuilding;
}
