namespace Serai.Hypervisor.Emulation;

/// <summary>
/// What a decoded instruction does. The list is closed: an instruction that is not here is <see cref="Unknown"/>, and the fault that brought
/// it to us goes to the guest. So hlt, lmsw, lgdt, lidt, ltr, lldt, invd, monitor, cmpxchg8b/16b, movs and stos are refused by not being named.
/// </summary>
public enum Operation : byte
{
    /// <summary>Not an instruction that we emulate.</summary>
    Unknown,

    /// <summary>The bytes given end within the instruction: the byte after them could not be fetched.</summary>
    NeedMoreBytes,

    /// <summary>CPUID behind the prefix <c>0f 0b 78 65 6e</c> (xen-x86_64.h, XEN_EMULATE_PREFIX).</summary>
    ForcedCpuid,

    /// <summary>CPUID without a prefix; it traps only where CPUID faulting is on.</summary>
    Cpuid,

    /// <summary>int n; the vector is the immediate.</summary>
    SoftwareInterrupt,
    ClearInterruptFlag,
    SetInterruptFlag,

    /// <summary>in; the port is the immediate, or DX where the operand source is a register.</summary>
    In,

    /// <summary>out; the port is the immediate, or DX where the operand source is a register.</summary>
    Out,

    /// <summary>ins; the memory operand is the destination, the port DX.</summary>
    InString,

    /// <summary>outs; the memory operand is the source, the port DX.</summary>
    OutString,
    ReadMsr,
    WriteMsr,
    ReadTsc,
    ReadTscAndAux,
    ReadControlRegister,
    WriteControlRegister,
    ReadDebugRegister,
    WriteDebugRegister,

    /// <summary>clts.</summary>
    ClearTaskSwitched,

    /// <summary>xsetbv.</summary>
    SetExtendedControl,

    /// <summary>wbinvd.</summary>
    WriteBackInvalidate,

    /// <summary>wbnoinvd.</summary>
    WriteBackOnly,

    /// <summary>invlpg; the effective address names the page.</summary>
    InvalidatePage,

    /// <summary>mov to memory. This and all that follow write memory: what <see cref="PageTableWrite"/> understands.</summary>
    Store,
    Exchange,
    CompareExchange,
    ExchangeAdd,
    Add,
    Or,
    And,
    Subtract,
    Xor,
    BitSet,
    BitReset,
    BitComplement,
}
