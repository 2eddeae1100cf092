using System;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Dumps;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// The death of a guest by its own doing: reason, registers and last words on the console, then the domain is torn down. Others notice nothing.
/// </summary>
public static class Crash
{
    /// <summary>Ends the domain of a virtual CPU; `detail` belongs to the reason (an address, a vector).</summary>
    public static void Domain(ref VirtualCpu vcpu, ReadOnlySpan<byte> reason, ulong detail)
    {
        if (vcpu.Domain.Stage != DomainStage.Alive)
            return;
        // Exceptions begin with what is left of some call's budget; the last words have a whole one.
        Preemption.Begin();
        GuestConsole.ShowLastWords(ref vcpu.Domain);
        Log.Always().Text("domain "u8).Name(vcpu.Domain).Text(", vCPU "u8).Number(vcpu.Number).Text(" dies: "u8)
            .Text(reason).Text(", "u8).Hex(detail).End();
        Dump(ref vcpu);
        DomainLife.ShutDown(ref vcpu.Domain, ShutdownReason.Crash);
    }

    /// <summary>Shows where a kernel was that has asked for its own end as a crash, as Linux does at the end of a panic.</summary>
    public static void Report(ref VirtualCpu vcpu)
    {
        GuestConsole.ShowLastWords(ref vcpu.Domain);
        Log.Always().Text("domain "u8).Name(vcpu.Domain).Text(", vCPU "u8).Number(vcpu.Number).Text(" gives up: its kernel has panicked"u8).End();
        Dump(ref vcpu);
    }

    private static void Dump(ref VirtualCpu vcpu)
    {
        RegisterDump.Write(vcpu.Registers);
        RegisterDump.WriteCode(vcpu.Registers);
    }
}
