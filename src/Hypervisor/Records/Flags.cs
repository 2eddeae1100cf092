namespace Serai.Hypervisor.Records;

/// <summary>Bits of RFLAGS.</summary>
public static class Flags
{
    public const ulong Trap = 0x100, Interrupt = 0x200, Direction = 0x400, PrivilegeMask = 0x3000, NestedTask = 0x4000, Resume = 0x1_0000,
        Virtual8086 = 0x2_0000, AlignmentCheck = 0x4_0000;
}
