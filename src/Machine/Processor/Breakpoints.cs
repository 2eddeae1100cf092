using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>The debug registers; values are checked by the caller.</summary>
public static class Breakpoints
{
    [RuntimeImport("*", "X64WriteDr0"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Write0(ulong value);

    [RuntimeImport("*", "X64WriteDr1"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Write1(ulong value);

    [RuntimeImport("*", "X64WriteDr2"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Write2(ulong value);

    [RuntimeImport("*", "X64WriteDr3"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Write3(ulong value);

    [RuntimeImport("*", "X64WriteDr6"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Write6(ulong value);

    [RuntimeImport("*", "X64WriteDr7"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Write7(ulong value);

    /// <summary>DR6: why the last #DB came.</summary>
    [RuntimeImport("*", "X64ReadDr6"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadStatus();

    /// <summary>Clears DR6 to its reset value.</summary>
    public static void ClearStatus() => Write6(0xffff_0ff0);

    /// <summary>Sets one of DR0 to DR3, or DR7.</summary>
    public static void Write(int register, ulong value)
    {
        switch (register)
        {
            case 0: Write0(value); break;
            case 1: Write1(value); break;
            case 2: Write2(value); break;
            case 3: Write3(value); break;
            case 7: Write7(value); break;
        }
    }
}
