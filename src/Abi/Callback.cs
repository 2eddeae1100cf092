using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of callback_op (callback.h).</summary>
public enum CallbackCommand : uint
{
    Register = 0,
    Unregister = 1,
}

/// <summary>What a callback is for (callback.h).</summary>
public enum CallbackType : ushort
{
    Event = 0,
    Failsafe = 1,
    Syscall = 2,
    SysenterDeprecated = 3,
    Nmi = 4,
    Sysenter = 5,
    Syscall32 = 7,
}

/// <summary>Flags of CallbackRegister (callback.h).</summary>
[Flags]
public enum CallbackFlags : ushort
{
    None = 0,
    MaskEvents = 1 << 0,
}

/// <summary>Argument of CallbackCommand.Register (struct callback_register of callback.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CallbackRegister
{
    public CallbackType Type;
    public CallbackFlags Flags;
    public ulong Address;
}

/// <summary>Argument of CallbackCommand.Unregister (struct callback_unregister of callback.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CallbackUnregister
{
    public CallbackType Type;
    public ushort Reserved;
}
