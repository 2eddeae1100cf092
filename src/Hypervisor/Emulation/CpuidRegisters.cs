namespace Serai.Hypervisor.Emulation;

/// <summary>The four registers that CPUID leaves.</summary>
public struct CpuidRegisters
{
    public uint Eax;
    public uint Ebx;
    public uint Ecx;
    public uint Edx;
}
