using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// Writes of the initial domain's kernel to frames of devices that it has read-only whatever it asks for: configuration space, which is written as by
/// the ports, and frames with a part of an MSI-X table or the HPET. What is of these is forgotten; the rest of such a frame is a device's like
/// others.
/// </summary>
internal static class DeviceWrites
{
    /// <summary>
    /// Does a write at an address that is mapped to a frame; false where the instruction is no plain store of up to eight bytes that are aligned.
    /// </summary>
    internal static bool TryPerform(ref VirtualCpu vcpu, ulong address, Mfn frame)
    {
        if (!DeviceFrames.IsReadOnly(frame) || !InstructionFetch.TryDecode(ref vcpu, out Instruction instruction)
            || instruction.Operation != Operation.Store || GuestSegments.AddressOf(instruction, vcpu.Registers) != address)
            return false;
        int size = instruction.OperandSize;
        if (size > 8 || (address & (uint)(size - 1)) != 0)
            return false;
        Preemption.Charge(Cost.DeviceAccess);
        Write(frame, (uint)(address % Mfn.Size), size, instruction.SourceValue(vcpu.Registers));
        vcpu.Registers.Rip = unchecked(vcpu.Registers.Rip + instruction.Length);
        Exceptions.Retire(ref vcpu);
        return true;
    }

    private static void Write(Mfn frame, uint offset, int size, ulong value)
    {
        if (!ConfigurationMemory.TryFindFunction(frame, out PciAddress function))
        {
            if (!DeviceFrames.IsEventTimer(frame) && !PciFunctions.TouchesTable(frame.Address + offset, size))
                DeviceMemory.WriteAt(frame.Address + offset, size, value);
            return;
        }
        ConfigurationWrites.Write(function, offset, size == 8 ? 4 : size, unchecked((uint)value));
        if (size == 8)
            ConfigurationWrites.Write(function, offset + 4, 4, (uint)(value >> 32));
    }
}
