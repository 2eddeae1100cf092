namespace Serai.GuestKit;

/// <summary>A page of another domain's as it is mapped here (<see cref="Grants.Map"/>).</summary>
public struct GrantMapping
{
    /// <summary>Where it is, or 0.</summary>
    public ulong Address;

    /// <summary>The hypervisor's number of the mapping.</summary>
    public uint Handle;
}
