using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>The processor that asks.</summary>
public static class CurrentProcessor
{
    [RuntimeImport("*", "X64ProcessorNumber"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern uint ReadNumber();

    /// <summary>Its number, from 0: the limit of a descriptor in its own GDT (LSL, SDM vol. 2), which no guest can read or change.</summary>
    public static uint Number => ReadNumber();
}
