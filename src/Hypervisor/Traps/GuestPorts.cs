using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// I/O ports (ABI 03 §3.2): a domain without hardware reads all ones and writes into nothing; the initial domain reaches what is not ours. Two
/// devices have an index or address in one port and the data in another; that first word is the domain's own, and set for each access.
/// </summary>
public static class GuestPorts
{
    private const ulong AllOnes = uint.MaxValue;
    private const ushort ConfigurationAddressPort = 0xcf8, ClockIndexPort = 0x70;

    /// <summary>Does one IN, OUT, INS or OUTS; of a repeated one a single step. False where the guest is to get #GP.</summary>
    public static bool TryAccess(ref VirtualCpu vcpu, in Instruction instruction)
    {
        ref Registers registers = ref vcpu.Registers;
        bool writes = instruction.Operation is Operation.Out or Operation.OutString;
        ushort port = instruction.Port(registers);
        bool allowed = Privileged.IsAllowedByLevel(ref vcpu) || PortBitmap.Allows(vcpu, port, instruction.OperandSize);
        PortAction action = Ports.Decide(port, instruction.OperandSize, writes, allowed, vcpu.Domain.Rights.HasHardware,
            BootOptions.Chosen.SerialBase);
        if (action == PortAction.GeneralProtection)
            return false;
        if (instruction.Operation is Operation.InString or Operation.OutString)
            return TryString(ref vcpu, instruction, port, action);
        if (writes)
            Write(ref vcpu, port, instruction.OperandSize, registers.Rax, action);
        else
            registers.Rax = Merged(registers.Rax, Read(ref vcpu, port, instruction.OperandSize, action), instruction.OperandSize);
        registers.Rip = unchecked(registers.Rip + instruction.Length);
        Exceptions.Retire(ref vcpu);
        return true;
    }

    /// <summary>RAX with an operand of so many bytes in it: 32 bits clear those above.</summary>
    private static ulong Merged(ulong rax, ulong value, int size) => size switch
    {
        1 => (rax & ~0xfful) | (value & 0xff),
        2 => (rax & ~0xfffful) | (value & 0xffff),
        _ => value & 0xffff_ffff,
    };

    private static bool TryString(ref VirtualCpu vcpu, in Instruction instruction, ushort port, PortAction action)
    {
        ref Registers registers = ref vcpu.Registers;
        if (StringPort.IsFinished(instruction, registers))
        {
            registers.Rip = unchecked(registers.Rip + instruction.Length);
            Exceptions.Retire(ref vcpu);
            return true;
        }
        ulong address = GuestSegments.AddressOf(instruction, registers);
        System.Span<byte> bytes = Scratch.Zeroed(stackalloc byte[4]);
        System.Span<byte> operand = bytes[..instruction.OperandSize];
        bool reachable;
        if (instruction.Operation == Operation.InString)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Read(ref vcpu, port, instruction.OperandSize, action));
            reachable = GuestMemory.TryCopyOut(new(address), operand);
        }
        else
        {
            reachable = GuestMemory.TryCopyIn(operand, new(address));
            if (reachable)
                Write(ref vcpu, port, instruction.OperandSize, System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes), action);
        }
        if (!reachable)
        {
            PageFault.DeliverTo(ref vcpu, address, instruction.Operation == Operation.InString ? 2u : 0u);
            return true;
        }
        StringPort.Advance(instruction, ref registers);
        Exceptions.Retire(ref vcpu);
        return true;
    }

    private static ulong Read(ref VirtualCpu vcpu, ushort port, int size, PortAction action)
    {
        switch (action)
        {
            case PortAction.ConfigurationAddress: return vcpu.Domain.Ports.PciAddress;
            case PortAction.ClockIndex: return vcpu.Domain.Ports.ClockIndex;
            case PortAction.PassThrough: break;
            case PortAction.ConfigurationData when TrySelectRegister(vcpu.Domain): break;
            case PortAction.ClockData:
                Port.Out8(ClockIndexPort, vcpu.Domain.Ports.ClockIndex);
                break;
            default: return AllOnes;
        }
        return size switch { 1 => Port.In8(port), 2 => Port.In16(port), _ => Port.In32(port) };
    }

    private static void Write(ref VirtualCpu vcpu, ushort port, int size, ulong value, PortAction action)
    {
        switch (action)
        {
            case PortAction.ConfigurationAddress:
                vcpu.Domain.Ports.PciAddress = unchecked((uint)value);
                return;
            case PortAction.ClockIndex:
                // Bit 7 of the real port would keep NMIs from the hypervisor.
                vcpu.Domain.Ports.ClockIndex = unchecked((byte)(value & 0x7f));
                return;
            case PortAction.PassThrough: break;
            case PortAction.ConfigurationData:
                WriteConfiguration(vcpu.Domain.Ports.PciAddress, port, size, unchecked((uint)value));
                return;
            case PortAction.ClockData:
                Port.Out8(ClockIndexPort, vcpu.Domain.Ports.ClockIndex);
                break;
            default: return;
        }
        switch (size)
        {
            case 1: Port.Out8(port, unchecked((byte)value)); break;
            case 2: Port.Out16(port, unchecked((ushort)value)); break;
            default: Port.Out32(port, unchecked((uint)value)); break;
        }
    }

    /// <summary>Writes to the register that the domain's latch names, if it names one.</summary>
    private static void WriteConfiguration(uint latch, ushort port, int size, uint value)
    {
        const uint enabled = 1u << 31, register = 0xfc, dataPort = 0xcfc;
        if ((latch & enabled) != 0)
            ConfigurationWrites.Write(new(latch >> 8 & 0xffff), (latch & register) + (port - dataPort), size, value);
    }

    /// <summary>Sets the real address latch to the domain's; false where the domain's does not name a register.</summary>
    private static bool TrySelectRegister(in Domain domain)
    {
        const uint enabled = 1u << 31, register = 0x00ff_fffc;
        if ((domain.Ports.PciAddress & enabled) == 0)
            return false;
        Port.Out32(ConfigurationAddressPort, enabled | (domain.Ports.PciAddress & register));
        return true;
    }
}
