namespace Serai.Hypervisor.Emulation;

/// <summary>How to answer rdmsr.</summary>
public enum MsrReadAction : byte
{
    /// <summary>#GP(0); but zero while the guest has no handler for #GP, since it would die of a fault that it means to survive.</summary>
    FakeZeroWhenNoHandler,

    /// <summary>The value that comes with the decision.</summary>
    Value,
    GuestFsBase,

    /// <summary>The GS base in use in the present mode.</summary>
    GuestGsBase,

    /// <summary>The GS base not in use in the present mode.</summary>
    GuestKernelGsBase,
    Tsc,
    TscAux,

    /// <summary>
    /// The hardware's register, passed through <see cref="ModelSpecificRegisters.Filter"/>. The hardware may lack it: read it where a #GP is
    /// caught, and then act as <see cref="FakeZeroWhenNoHandler"/>.
    /// </summary>
    Hardware,

    /// <summary>The hardware's EFER, passed through the same filter.</summary>
    Efer,
}

/// <summary>The answer to rdmsr.</summary>
public struct MsrRead
{
    public MsrReadAction Action;

    /// <summary>The 64 bits of EDX:EAX for <see cref="MsrReadAction.Value"/>.</summary>
    public ulong Value;
}

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

/// <summary>What the rules for MSRs need to know of the VirtualCpu that asks.</summary>
public struct MsrGuest
{
    public CpuVendor Vendor;
    public bool InitialDomain;
    public bool HasReadTscp;
    public bool InvariantTsc;

    /// <summary>Its number within the domain.</summary>
    public int VirtualCpu;
}
