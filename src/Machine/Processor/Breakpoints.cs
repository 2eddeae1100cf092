using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>The debug registers; values are checked by the caller.</summary>
public static class Breakpoints
{
    /// <summary>DR6: why the last #DB came.</summary>
    [RuntimeImport("*", "X64ReadDr6"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadStatus();

    /// <summary>Clears DR6 to its reset value.</summary>
    public static void ClearStatus() => Write(6, 0xffff_0ff0);

    /// <summary>Sets one of DR0 to DR3, DR6 or DR7; with another number nothing happens.</summary>
    [RuntimeImport("*", "X64WriteDr"), MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Write(int register, ulong value);
}
