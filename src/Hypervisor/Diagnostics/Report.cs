namespace Serai.Hypervisor.Diagnostics;

/// <summary>What can be written domain by domain.</summary>
public enum Report : byte
{
    None,
    Domains,
    Memory,
    Types,
    Events,
    Grants,
}
