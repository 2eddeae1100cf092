namespace Serai.Machine;

/// <summary>
/// Where a static lies that changes: once for each machine. Here there is one, so this is a static like any other. The form for hosted tests
/// (test/Simulation/State/PerMachine.cs) finds that of the machine which the test has begun, so that tests can run beside each other.
/// </summary>
/// <typeparam name="T">All that belongs together: a room's state, or that of a class of src/Machine. Zeros until something is put there.</typeparam>
public static class PerMachine<T>
    where T : unmanaged
{
    /// <summary>The machine's.</summary>
    public static T Now;
}
