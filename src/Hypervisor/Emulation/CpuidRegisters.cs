using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Emulation;

/// <summary>The four registers that CPUID leaves, in a row.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CpuidRegisters
{
    public uint Eax;
    public uint Ebx;
    public uint Ecx;
    public uint Edx;
}
