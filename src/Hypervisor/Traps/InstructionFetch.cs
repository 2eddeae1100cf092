using System;

using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Traps;

/// <summary>Fetches and decodes the instruction that a guest was stopped at.</summary>
public static class InstructionFetch
{
    private const int Longest = 15;

    /// <summary>
    /// Decodes at RIP; false where the bytes cannot be read or are no instruction known here. Every code segment but the flat one of 64 bits is
    /// taken for a flat one of 32: an application with another of its own hurts itself only.
    /// </summary>
    public static bool TryDecode(ref VirtualCpu vcpu, out Instruction instruction)
    {
        instruction = default;
        Span<byte> text = Scratch.Zeroed(stackalloc byte[16]);
        ulong rip = vcpu.Registers.Rip;
        int length = Longest;
        if (!GuestMemory.TryCopyIn(text[..Longest], new(rip)))
        {
            length = (int)(Mfn.Size - (rip & (Mfn.Size - 1)));
            if (length >= Longest || !GuestMemory.TryCopyIn(text[..length], new(rip)))
                return false;
        }
        InstructionDecoder.Decode(text[..length], ModeOf(vcpu), out instruction);
        return instruction.Operation is not (Operation.Unknown or Operation.NeedMoreBytes);
    }

    /// <summary>The same where it is probably a privileged one: what guests execute most is told at a glance.</summary>
    public static bool TryDecodePrivileged(ref VirtualCpu vcpu, out Instruction instruction)
        => (GuestMemory.TryRead64(new(vcpu.Registers.Rip), out ulong text) && PlainPrivileged.TryDecode(text, ModeOf(vcpu), out instruction))
            || TryDecode(ref vcpu, out instruction);

    private static CodeMode ModeOf(in VirtualCpu vcpu)
        => vcpu.IsKernel || vcpu.Registers.Cs is 0xe033 or 0x33 ? CodeMode.Long : CodeMode.Compatibility;
}
