namespace Serai.Hypervisor.Emulation;

/// <summary>What became of a write to a debug register: set_debugreg returns it as a number, mov to a debug register as #GP or #UD.</summary>
public enum DebugWrite : byte
{
    Stored,

    /// <summary>−EPERM, or #GP(0): an address or a mode that a guest may not watch.</summary>
    NotPermitted,

    /// <summary>−ENODEV, or #UD: DR4 and DR5 while CR4.DE is set, or there is no such register.</summary>
    NoDevice,

    /// <summary>−EINVAL, or #GP(0): one of the upper 32 bits of DR6 or DR7.</summary>
    Invalid,
}

/// <summary>The rules for a guest's debug registers (Intel SDM vol. 3, 17.2): none may make the hypervisor itself trap.</summary>
public static class DebugRegisters
{
    private const ulong LowEnd = 0x0000_8000_0000_0000;
    private const ulong HypervisorEnd = 0xffff_8800_0000_0000;

    private const ulong StatusWritable = 0xe00f;
    private const ulong StatusOnes = 0xffff_0ff0;
    private const ulong ControlWritable = 0xffff_23ff;
    private const ulong ControlOnes = 0x400;
    private const ulong GeneralDetect = 1 << 13;

    /// <summary>The register that a number means: 4 and 5 are other names of 6 and 7.</summary>
    public static int Alias(int register) => register is 4 or 5 ? register + 2 : register;

    /// <summary>
    /// Checks a write and gives the value to keep for <see cref="Alias"/> of the register. <paramref name="debuggingExtensions"/> is the
    /// guest's CR4.DE.
    /// </summary>
    public static DebugWrite Sanitise(int register, ulong value, bool debuggingExtensions, out ulong sanitised)
    {
        sanitised = 0;
        switch (register)
        {
            case 0 or 1 or 2 or 3:
                sanitised = value;
                return IsGuestAddress(value) ? DebugWrite.Stored : DebugWrite.NotPermitted;
            case 4 or 5 when debuggingExtensions:
                return DebugWrite.NoDevice;
            case 4 or 6 or 5 or 7 when value > uint.MaxValue:
                return DebugWrite.Invalid;
            case 4 or 6:
                sanitised = (value & StatusWritable) | StatusOnes;
                return DebugWrite.Stored;
            case 5 or 7:
                sanitised = (value & ControlWritable) | ControlOnes;
                return IsPermittedControl(sanitised, debuggingExtensions) ? DebugWrite.Stored : DebugWrite.NotPermitted;
            default:
                return DebugWrite.NoDevice;
        }
    }

    /// <summary>
    /// DR7 as the hardware gets it while the guest runs. I/O breakpoints are off there: the ports are accessed by the hypervisor on the
    /// guest's behalf, and it would be the one to trap.
    /// </summary>
    public static ulong HardwareControl(ulong control)
    {
        for (var i = 0; i < 4; i++)
        {
            if (IsPortBreakpoint(control, i))
                control &= ~(3UL << (2 * i));
        }

        return control;
    }

    private static bool IsGuestAddress(ulong address) => address is < LowEnd or >= HypervisorEnd;

    // Without CR4.DE the encoding of an I/O breakpoint is undefined; one that is off says nothing.
    private static bool IsPermittedControl(ulong control, bool debuggingExtensions)
    {
        if ((control & GeneralDetect) != 0)
            return false;
        if (debuggingExtensions)
            return true;
        for (var i = 0; i < 4; i++)
        {
            if (IsPortBreakpoint(control, i) && (control >> (2 * i) & 3) != 0)
                return false;
        }

        return true;
    }

    private static bool IsPortBreakpoint(ulong control, int index) => ((control >> (16 + (4 * index))) & 3) == 2;
}
