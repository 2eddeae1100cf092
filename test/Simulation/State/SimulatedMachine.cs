using System;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Simulation;

/// <summary>
/// A whole simulated machine, and what the hypervisor keeps on it: all that static members of this project and of the hypervisor speak of. A thread
/// has one, the present one; a new one is as after reset, with no memory, and nothing of the former is left. So tests run beside each other, and
/// none finds what another has left behind.
/// </summary>
public sealed class SimulatedMachine
{
    private const int MostParts = 64;

    [ThreadStatic]
    private static SimulatedMachine? present;

    private static int places;

    internal readonly ApplicationProcessors.State ApplicationProcessors = new();
    internal readonly Arena.State Arena;
    internal readonly BootInformation.State BootInformation = new();
    internal readonly BootMemory.State BootMemory = new();
    internal readonly Coroutine.State Coroutine = new();
    internal readonly DescriptorTables.State DescriptorTables = new();
    internal readonly DeviceMemory.State DeviceMemory = new();
    internal readonly FloatingPoint.State FloatingPoint = new();
    internal readonly GuestWindow.State GuestWindow = new();
    internal readonly HypervisorLock.State HypervisorLock = new();
    internal readonly Interprocessor.State Interprocessor = new();
    internal readonly IoApic.State IoApic = new();
    internal readonly Journal.State Journal = new();
    internal readonly LargePage.State LargePage = new();
    internal readonly LocalApic.State LocalApic = new();
    internal readonly Moments.State Moments = new();
    internal readonly SimulatedProcessor.State Processor = new();
    internal readonly ProcessorSetup.State ProcessorSetup = new();
    internal readonly RealTimeClock.State RealTimeClock = new();
    internal readonly Segments.State Segments = new();
    internal readonly Serial.State Serial = new();
    internal readonly Speculation.State Speculation = new();
    internal readonly TimeSource.State TimeSource = new();
    internal readonly Tlb.State Tlb = new();
    internal readonly Translations.State Translations = new();
    internal readonly Written.State Written = new();

    /// <summary>What the hypervisor keeps, and those classes of src/Machine that are the same here (<see cref="PerMachine{T}"/>).</summary>
    internal readonly object?[] Parts = new object?[MostParts];

    private SimulatedMachine(SimulatedMachine? former) => Arena = new Arena.State(former?.Arena);

    /// <summary>The machine of this thread. A thread that a test starts is handed the test's.</summary>
    public static SimulatedMachine Present
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => present ?? throw new InvalidOperationException("this thread has no machine");
        set => present = value;
    }

    /// <summary>Gives this thread a new machine.</summary>
    public static void Begin() => present = new SimulatedMachine(present);

    internal static int NewPlace() => Interlocked.Increment(ref places) - 1;
}
