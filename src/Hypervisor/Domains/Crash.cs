using System;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Diagnostics;

namespace Serai.Hypervisor.Domains;

/// <summary>
/// The death of a guest by its own doing: reason, registers and last words on the console, then the domain is taken apart. Others notice nothing.
/// </summary>
public static class Crash
{
    /// <summary>Ends the domain of a virtual CPU; `detail` belongs to the reason (an address, a vector).</summary>
    public static void Domain(ref VirtualCpu vcpu, ReadOnlySpan<byte> reason, ulong detail)
    {
        if (vcpu.Domain.Stage != DomainStage.Alive)
            return;
        Log.Always().Text("domain "u8).Name(vcpu.Domain).Text(", vCPU "u8).Number(vcpu.Number).Text(" dies: "u8)
            .Text(reason).Text(", "u8).Hex(detail).End();
        RegisterDump.Write(vcpu.Registers);
        RegisterDump.WriteCode(vcpu.Registers);
        DomainLife.ShutDown(ref vcpu.Domain, ShutdownReason.Crash);
    }
}
