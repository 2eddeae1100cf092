using System;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>HYPERVISOR_xen_version (ABI 02 §2.5): the interface is that of Xen 4.17; the text says who provides it.</summary>
public static class VersionCalls
{
    private const long Version = 4 << 16 | 17;
    private const uint PageSize = 4096;
    private const int Zeros = 64;

    /// <summary>RDI: command, RSI: buffer. Errors: Fault, Inval, NoData, Perm, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
        => (vcpu.Registers.Rdi & uint.MaxValue) == (ulong)VersionCommand.Version ? Version : PerformOther(ref vcpu);

    /// <summary>The command that has no buffer, without the lock: what kernels call to be given their events.</summary>
    public static long PerformAlone(in VirtualCpu vcpu)
        => (vcpu.Registers.Rdi & uint.MaxValue) == (ulong)VersionCommand.Version ? Version : CallResult.Again;

    private static long PerformOther(ref VirtualCpu vcpu)
    {
        var buffer = new GuestAddress(vcpu.Registers.Rsi);
        switch ((VersionCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case VersionCommand.Version: return Version;
            case VersionCommand.PageSize: return buffer.IsNone ? PageSize : CallResult.Error(Errno.Inval);
            case VersionCommand.ExtraVersion: return TellText(buffer, ".0-serai"u8, VersionLengths.ExtraVersion);
            case VersionCommand.Capabilities: return TellText(buffer, "xen-3.0-x86_64"u8, VersionLengths.Capabilities);
            case VersionCommand.Changeset: return TellText(buffer, "serai"u8, VersionLengths.Changeset);
            case VersionCommand.CompileInfo: return TellCompileInfo(buffer);
            case VersionCommand.PlatformParameters:
                return Tell(buffer, new VersionPlatformParameters { VirtualStart = Layout.Start });
            case VersionCommand.GetFeatures: return TellFeatures(ref vcpu, buffer);
            case VersionCommand.GuestHandle: return Tell(buffer, default(DomainHandle));
            case VersionCommand.CommandLine:
                return vcpu.Domain.Rights.RunsMachine
                    ? TellText(buffer, BootInformation.CommandLine, VersionLengths.CommandLine) : CallResult.Error(Errno.Perm);
            case VersionCommand.BuildId: return CallResult.Error(Errno.NoData);
            default: return CallResult.Error(Errno.NoSys);
        }
    }

    private static long Tell<T>(GuestAddress buffer, in T value) where T : unmanaged
        => GuestMemory.TryWrite(buffer, value) ? 0 : CallResult.Error(Errno.Fault);

    /// <summary>A text with zeros up to the fixed length of its buffer.</summary>
    private static long TellText(GuestAddress buffer, ReadOnlySpan<byte> text, int length)
    {
        if (text.Length >= length)
            text = text[..(length - 1)];
        if (!GuestMemory.TryCopyOut(buffer, text))
            return CallResult.Error(Errno.Fault);
        Span<byte> zeros = Scratch.Zeroed(stackalloc byte[Zeros]);
        for (int place = text.Length; place < length; place += Zeros)
        {
            Preemption.Charge(Cost.SmallRecord);
            int count = length - place < Zeros ? length - place : Zeros;
            if (!GuestMemory.TryCopyOut(buffer + (ulong)place, zeros[..count]))
                return CallResult.Error(Errno.Fault);
        }
        return 0;
    }

    private static long TellCompileInfo(GuestAddress buffer)
    {
        const int compilerBytes = 64, textBytes = 80;
        long result = TellText(buffer, "C# (ilc)"u8, compilerBytes);
        return result != 0 ? result : TellText(buffer + compilerBytes, "serai"u8, textBytes);
    }

    private static long TellFeatures(ref VirtualCpu vcpu, GuestAddress buffer)
    {
        if (!GuestMemory.TryRead(buffer, out VersionFeatureInfo info))
            return CallResult.Error(Errno.Fault);
        if (info.SubmapIndex != 0)
            return CallResult.Error(Errno.Inval);
        info.Submap = 1u << (int)Feature.MmuPtUpdatePreserveAd | 1u << (int)Feature.GrantMapAvailableBits | 1u << (int)Feature.HighmemAssist
            | 1u << (int)Feature.DirectMapped;
        if (vcpu.Domain.Assists(VmAssistType.PaeExtendedCr3))
            info.Submap |= 1u << (int)Feature.PaePgdirAbove4Gb;
        if (vcpu.Domain.Rights.IsInitial)
            info.Submap |= 1u << (int)Feature.Dom0;
        return Tell(buffer, info);
    }
}
