using Serai.Machine.Processor;

namespace Serai.Machine.Interrupts;

/// <summary>
/// A local APIC's two modes (SDM vol. 3, 11.12): xAPIC, whose registers lie in memory and which names processors by eight bits, and x2APIC, whose
/// registers are MSRs and which names them by 32. Registers in memory do not answer in x2APIC mode, so all processors are brought into one mode.
/// </summary>
public static class LocalApicMode
{
    private const uint BaseNumber = 0x1b, FeatureX2Apic = 1 << 21;
    private const ulong Enabled = 1 << 11, Wide = 1 << 10;

    /// <summary>
    /// Whether x2APIC mode is to be used: where the firmware has left it on, since there may be no way back; and where it is wanted or needed, if
    /// the processor has it.
    /// </summary>
    public static bool IsWideBest(bool wanted)
    {
        Instructions.Cpuid(1, 0, out _, out _, out uint features, out _);
        return (Instructions.ReadMsr(BaseNumber) & Wide) != 0 || (wanted && (features & FeatureX2Apic) != 0);
    }

    /// <summary>
    /// Brings this processor's into a mode, by the steps that it allows: x2APIC only from xAPIC, and out of it only by switching it off (SDM vol. 3,
    /// 11.12.5). False where it refuses.
    /// </summary>
    public static bool TryEnter(bool wide)
    {
        ulong value = Instructions.ReadMsr(BaseNumber);
        if ((value & Wide) != 0 && !wide && !Instructions.WriteMsr(BaseNumber, value &= ~(Wide | Enabled)))
            return false;
        if ((value & Enabled) == 0 && !Instructions.WriteMsr(BaseNumber, value = (value & ~Wide) | Enabled))
            return false;
        return (value & Wide) != 0 || !wide || Instructions.WriteMsr(BaseNumber, value | Wide);
    }
}
