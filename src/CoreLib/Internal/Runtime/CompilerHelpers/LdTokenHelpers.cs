using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Named by ilc for handles of types as objects; the symbol does not exist, so a use fails at link.</summary>
internal static class LdTokenHelpers
{
    [RuntimeImport("*", "HandleOfType"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern RuntimeTypeHandle GetRuntimeTypeHandle(nint pEEType);

    [RuntimeImport("*", "HandleOfType"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern RuntimeMethodHandle GetRuntimeMethodHandle(nint pHandleSignature);

    [RuntimeImport("*", "HandleOfType"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern RuntimeFieldHandle GetRuntimeFieldHandle(nint pHandleSignature);

    [RuntimeImport("*", "HandleOfType"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern Type GetRuntimeType(nint pEEType);
}
