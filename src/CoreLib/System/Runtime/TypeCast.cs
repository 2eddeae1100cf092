using System.Runtime.CompilerServices;

using Internal.Runtime;

namespace System.Runtime;

/// <summary>
/// Named by ilc for casts of objects. There are no objects to cast: the symbol behind these does not exist,
/// so that a cast fails at link, where lld names the line.
/// </summary>
internal static unsafe class TypeCast
{
    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern object CheckCastAny(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern object CheckCastInterface(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern object CheckCastClass(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern object CheckCastClassSpecial(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern object IsInstanceOfAny(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern object IsInstanceOfInterface(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern object IsInstanceOfClass(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern bool IsInstanceOfException(MethodTable* pTargetType, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void StelemRef(object[] array, nint index, object obj);

    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ref object LdelemaRef(object[] array, nint index, MethodTable* elementType);
}
