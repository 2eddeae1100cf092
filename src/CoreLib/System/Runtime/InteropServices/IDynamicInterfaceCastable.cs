using System.Runtime.CompilerServices;

namespace System.Runtime.InteropServices;

/// <summary>Declared because ilc asks for it: no interface is ever called through an object.</summary>
internal interface IDynamicInterfaceCastable
{
    [RuntimeImport("*", "CastOfObject"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern nint GetDynamicInterfaceImplementation(IDynamicInterfaceCastable instance, RuntimeTypeHandle interfaceType, ushort slot);
}
