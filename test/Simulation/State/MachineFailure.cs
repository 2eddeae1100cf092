using System;

using Serai.Machine;

namespace Serai.Simulation;

/// <summary>A check of Machine's has failed: on the real machine, the hypervisor's panic.</summary>
public sealed class MachineFailure(FailureKind kind, ulong detail) : Exception($"{kind} ({detail:x})")
{
    /// <summary>Which check.</summary>
    public FailureKind Kind { get; } = kind;
}

/// <summary>The processor was stopped for good.</summary>
public sealed class MachineHalted() : Exception("the machine is halted");
