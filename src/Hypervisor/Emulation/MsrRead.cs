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
