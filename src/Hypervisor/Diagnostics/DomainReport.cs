using System;

using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>The domains and their virtual processors on the console.</summary>
public static class DomainReport
{
    /// <summary>Writes all of them.</summary>
    public static void WriteAll()
    {
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
            Write(ref domain.Value);
    }

    private static void Write(ref Domain domain)
    {
        Log.Always().Text("domain "u8).Number(domain.Id).Text(" "u8).Name(domain).Text(": "u8).Number(domain.GuestPages).Text(" of "u8)
            .Number(domain.MaximumPages).Text(" frames, "u8).Number(domain.VcpuCount).Text(" vCPU, "u8).Text(TextOf(domain.Stage)).End();
        for (uint number = 0; number < domain.VcpuCount; number++)
            Write(ref domain.Vcpu(number));
    }

    private static ReadOnlySpan<byte> TextOf(DomainStage stage) => stage switch
    {
        DomainStage.Building => "being built"u8,
        DomainStage.Alive => "alive"u8,
        DomainStage.ShutDown => "shut down"u8,
        _ => "being taken apart"u8,
    };

    private static ReadOnlySpan<byte> TextOf(in VirtualCpu vcpu) => vcpu.PauseReasons switch
    {
        PauseReasons.None => " runs,"u8,
        PauseReasons.Blocked => " sleeps,"u8,
        var reasons => (reasons & PauseReasons.Down) != 0 ? " is down,"u8 : " is paused,"u8,
    };

    private static void Write(ref VirtualCpu vcpu)
    {
        const ulong perMillisecond = 1_000_000;
        VcpuRunstateInfo runstate = Runstates.Snapshot(vcpu, SystemTime.Now);
        Log.Always().Text("  vCPU "u8).Number(vcpu.Number).Text(TextOf(vcpu)).Text(vcpu.IsKernel ? " kernel"u8 : " user"u8)
            .Text(" rip "u8).Hex(vcpu.Registers.Rip)
            .Text(" pending "u8).Number(vcpu.Info.Value.EventUpcallPending)
            .Text(" mask "u8).Number(vcpu.Info.Value.EventUpcallMask).Text(" ms running "u8).Number(runstate.TimeRunning / perMillisecond)
            .Text(" runnable "u8).Number(runstate.TimeRunnable / perMillisecond)
            .Text(" blocked "u8).Number(runstate.TimeBlocked / perMillisecond).End();
    }
}
