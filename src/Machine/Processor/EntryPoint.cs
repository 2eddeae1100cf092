using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>The way into the first guest; it does not return.</summary>
// unsafe: assembly takes the address.
public static unsafe class EntryPoint
{
    [RuntimeImport("*", "EnterGuest"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void EnterGuest(void* vcpu);

    /// <summary>Leaves the boot stack for good and enters a virtual CPU.</summary>
    public static void EnterGuest<T>(ref T vcpu) where T : unmanaged => EnterGuest(Unsafe.AsPointer(ref vcpu));
}
