namespace Serai.Hypervisor.Emulation;

/// <summary>How to answer wrmsr.</summary>
public enum MsrWriteAction : byte
{
    GeneralProtection,

    /// <summary>Accepted and forgotten.</summary>
    Drop,
    SetFsBase,

    /// <summary>Sets the GS base in use in the present mode.</summary>
    SetGsBase,

    /// <summary>Sets the GS base not in use in the present mode.</summary>
    SetKernelGsBase,

    /// <summary>Stored for the VirtualCpu and loaded while it runs.</summary>
    TscAux,

    /// <summary>Dropped if rdmsr of the same register now gives the value written, else #GP(0).</summary>
    OnlySame,
}
