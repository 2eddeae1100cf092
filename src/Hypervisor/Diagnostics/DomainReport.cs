using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>The domains and their virtual processors on the console.</summary>
public static class DomainReport
{
    /// <summary>
    /// Writes how many there are, how many live and how many have run within the last seconds, and the hypervisor's own frames for a domain: the
    /// least, the most, all together.
    /// </summary>
    public static void WriteCounts()
    {
        ulong all = 0, alive = 0, ran = 0, frames = 0, least = ulong.MaxValue, most = 0, now = SystemTime.Now;
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            ulong own = domain.Value.StateFrames();
            all++;
            alive += domain.Value.Stage == DomainStage.Alive ? 1ul : 0;
            ran += HasRun(ref domain.Value, now) ? 1ul : 0;
            frames += own;
            least = own < least ? own : least;
            most = own > most ? own : most;
        }
        Log.Always().Number(all).Text(" domains, "u8).Number(alive).Text(" alive, "u8).Number(ran).Text(" have run in the last "u8)
            .Number(Lately / Billion).Text(" s"u8).End();
        if (all != 0)
            Log.Always().Text("the hypervisor's own memory for a domain: "u8).Number(least * 4).Text(" to "u8).Number(most * 4)
                .Text(" KiB, "u8).Number(frames * 4).Text(" KiB for all"u8).End();
    }

    private const ulong Billion = 1_000_000_000, Lately = 5 * Billion;

    private static bool HasRun(ref Domain domain, ulong now)
    {
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            VcpuRunstateInfo runstate = domain.Vcpu(number).Runstate.Info;
            if (runstate.State == Runstate.Running || (runstate.TimeRunning != 0 && runstate.StateEntryTime + Lately >= now))
                return true;
        }
        return false;
    }

    /// <summary>Writes one.</summary>
    public static void Write(ref Domain domain)
    {
        Log.Always().Text("domain "u8).Number(domain.Id).Text(" "u8).Name(domain).Text(": "u8).Number(domain.Memory.GuestPages).Text(" of "u8)
            .Number(domain.Memory.MaximumPages).Text(" frames, "u8).Number(domain.VcpuCount).Text(" vCPU, "u8).Text(TextOf(domain.Stage)).End();
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
