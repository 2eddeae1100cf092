namespace Serai.Abi.Io;

/// <summary>The value of a device's state node (enum xenbus_state of io/xenbus.h).</summary>
public enum XenbusState : uint
{
    Unknown = 0,
    Initialising = 1,
    InitWait = 2,
    Initialised = 3,
    Connected = 4,
    Closing = 5,
    Closed = 6,
    Reconfiguring = 7,
    Reconfigured = 8,
}
