using System.Numerics;

using Serai.Hypervisor.Ground;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Devices;

/// <summary>
/// Functions that a physical one divides itself into (SR-IOV: PCI Express Base Specification 5.0, 9.3.3). A virtual function has no base address
/// registers: its memory is a part of what a register of the physical one's capability tells, the parts of all one after another. How long a part is
/// says the register when ones have been written to it, which is done only while no virtual function is there.
/// </summary>
internal static class VirtualFunctions
{
    private const uint Kind = 0x10, Control = 8, Number = 0x10, Distance = 0x14, PageSize = 0x20, FirstBase = 0x24, Bytes = 0x40;
    private const uint Enabled = 1, InMemory = 8, IsPorts = 1, BaseKind = 7, IsWide = 4;

    /// <summary>log2 of the bytes that a part has at most: far more than any processor can address.</summary>
    private const int LongestPart = 43;

    /// <summary>Looks for the capability of a function that is a physical one, in the extended space.</summary>
    internal static void Find(ref PciFunction function)
    {
        const uint first = 0x100, last = 4096 - Bytes, mostSteps = 48;
        uint register = first;
        for (uint step = 0; step < mostSteps && register is >= first and <= last; step++)
        {
            Preemption.Charge(Cost.DeviceAccess);
            uint head = PciConfiguration.Read(function.Address, register);
            if ((head & 0xffff) == Kind)
            {
                function.Sharing = (ushort)register;
                return;
            }
            register = head >> 20 & 0xffc;
        }
    }

    /// <summary>Whether a register of a function's says where its virtual functions have their memory.</summary>
    internal static bool IsTold(in PciFunction function, uint register)
        => function.Sharing != 0 && register >= function.Sharing && register < function.Sharing + Bytes;

    /// <summary>A register of the capability has been written: the parts' length may be another, if that was the one of their pages.</summary>
    internal static void Note(ref PciFunction function, uint register)
    {
        if (register == function.Sharing + PageSize)
            Measure(ref function);
    }

    /// <summary>Measures the parts. While virtual functions are there nobody can; what was measured before stays.</summary>
    internal static void Measure(ref PciFunction function)
    {
        if (function.Sharing == 0 || (PciConfiguration.Read(function.Address, function.Sharing + Control) & (Enabled | InMemory)) != 0)
            return;
        Preemption.Charge(Cost.DeviceAccess, 4 * PartLengths.Count);
        for (uint number = 0; number < PartLengths.Count; number++)
        {
            uint register = function.Sharing + FirstBase + 4 * number, low = Probe(function.Address, register);
            bool isWide = (low & BaseKind) == IsWide && number + 1 < PartLengths.Count;
            ulong mask = low & ~0xfu;
            if (isWide)
                mask |= (ulong)Probe(function.Address, register + 4) << 32;
            int length = BitOperations.TrailingZeroCount(mask);
            function.Lengths[(int)number] = (byte)((low & IsPorts) != 0 || length > LongestPart ? 0 : length);
            if (isWide)
                function.Lengths[(int)++number] = 0;
        }
    }

    private static uint Probe(PciAddress address, uint register)
    {
        uint former = PciConfiguration.Read(address, register);
        PciConfiguration.Write(address, register, 4, uint.MaxValue);
        uint mask = PciConfiguration.Read(address, register);
        PciConfiguration.Write(address, register, 4, former);
        return mask;
    }

    /// <summary>
    /// The machine address of a virtual function's part of the memory that a base address register tells; 0 where the physical function tells of no
    /// such function, or its memory does not answer.
    /// </summary>
    internal static ulong BaseOf(PciAddress address, in PciFunction physical, uint number)
    {
        Preemption.Charge(Cost.DeviceAccess, 5);
        if (physical.Sharing == 0 || number >= PartLengths.Count || physical.Lengths[(int)number] == 0)
            return 0;
        uint control = PciConfiguration.Read(physical.Address, physical.Sharing + Control);
        if ((control & (Enabled | InMemory)) != (Enabled | InMemory) || !TryFindIndex(address, physical, out uint index))
            return 0;
        uint register = physical.Sharing + FirstBase + 4 * number, low = PciConfiguration.Read(physical.Address, register);
        ulong begin = low & ~0xfu;
        if ((low & BaseKind) == IsWide)
            begin |= (ulong)PciConfiguration.Read(physical.Address, register + 4) << 32;
        ulong part = unchecked(begin + ((ulong)index << physical.Lengths[(int)number]));
        return begin == 0 || part < begin ? 0 : part;
    }

    /// <summary>Which of a physical function's virtual ones is at an address; false where none is.</summary>
    private static bool TryFindIndex(PciAddress address, in PciFunction physical, out uint index)
    {
        uint count = PciConfiguration.Read(physical.Address, physical.Sharing + Number) & 0xffff;
        uint place = PciConfiguration.Read(physical.Address, physical.Sharing + Distance), offset = place & 0xffff, stride = place >> 16;
        ulong first = (ulong)physical.Address.Value + offset;
        index = 0;
        if (offset == 0 || address.Value < first || (stride == 0 && count > 1))
            return false;
        uint distance = (uint)(address.Value - first);
        index = stride == 0 ? distance : distance / stride;
        return index < count && (stride == 0 || distance % stride == 0);
    }
}
