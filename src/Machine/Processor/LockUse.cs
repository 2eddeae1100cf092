namespace Serai.Machine.Processor;

/// <summary>What the holder of the lock is busy with; below 64 it is the number of a hypercall.</summary>
public enum LockUse : byte
{
    /// <summary>Exceptions by their vector from here on.</summary>
    Exception = 64,
    SystemCall = 96,
    Interrupt,
    Work,
    Teardown,
    Background,
    Console,
    Scrub,
    Report,
    Uses,
}
