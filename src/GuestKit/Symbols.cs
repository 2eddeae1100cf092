using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.GuestKit;

/// <summary>Addresses that only the linker knows, by their place in the table of X64/Start.S.</summary>
public static class Symbols
{
    internal static ulong TrapStubs => At(0);

    internal static ulong SharedInfoWindow => At(1);

    internal static ulong ProbeFaulted => At(2);

    /// <summary>The page of the note HYPERCALL_PAGE.</summary>
    public static ulong HypercallPage => At(3);

    /// <summary>The first byte of the kernel.</summary>
    public static ulong ImageStart => At(4);

    /// <summary>The first byte behind its code.</summary>
    public static ulong TextEnd => At(5);

    /// <summary>The first byte behind the kernel.</summary>
    public static ulong ImageEnd => At(6);

    /// <summary>The end of the stack that GuestMain runs on.</summary>
    public static ulong StackTop => At(7);

    internal static ulong UserFinished => At(8);

    internal static ulong UserTrapStackTop => At(9);

    internal static ulong FramePool => At(10);

    internal static ulong FramePoolEnd => At(11);

    [RuntimeImport("*", "GuestKitSymbol"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong At(ulong index);
}
