namespace Serai.Hypervisor.Emulation;

/// <summary>What to do with an access to I/O ports.</summary>
public enum PortAction : byte
{
    /// <summary>Perform it on the hardware.</summary>
    PassThrough,

    /// <summary>A read yields ones in all its 1, 2 or 4 bytes.</summary>
    AllOnes,

    /// <summary>A write is forgotten.</summary>
    Drop,

    /// <summary>The guest may not do I/O at all in this state: #GP(0).</summary>
    GeneralProtection,

    /// <summary>The domain's own latch of the PCI configuration address; 4 bytes.</summary>
    ConfigurationAddress,

    /// <summary>PCI configuration space at the latched address, plus the low two bits of the port.</summary>
    ConfigurationData,

    /// <summary>The domain's own latch of the index of the real-time clock's memory.</summary>
    ClockIndex,

    /// <summary>The clock's memory at the latched index.</summary>
    ClockData,
}

/// <summary>The rules for I/O ports: a domain without permission reads ones and writes into nothing, which probing drivers survive.</summary>
public static class Ports
{
    private const ushort ConfigurationAddressPort = 0xcf8;
    private const ushort ConfigurationDataPort = 0xcfc;
    private const ushort ClockIndexPort = 0x70;
    private const int SerialPorts = 8;

    /// <summary>
    /// Whether the virtual I/O privilege level alone permits I/O: guest kernels count as ring 1, user code as ring 3. If not, the bitmap of
    /// PHYSDEVOP_set_iobitmap decides (xen/physdev.h).
    /// </summary>
    public static bool AllowedByLevel(int privilegeLevel, bool kernelMode, bool architectural)
        => privilegeLevel >= (kernelMode ? architectural ? 0 : 1 : 3);

    /// <summary>
    /// Decides one access of <paramref name="size"/> bytes (1, 2 or 4). <paramref name="allowed"/> is what privilege level and bitmap say;
    /// only the initial domain has ports behind them, and not those that the hypervisor itself drives, among them the eight from
    /// <paramref name="serial"/> on where that is not 0.
    /// </summary>
    public static PortAction Decide(ushort port, int size, bool isWrite, bool allowed, bool initialDomain, uint serial)
    {
        if (!allowed)
            return PortAction.GeneralProtection;
        if (port == ConfigurationAddressPort && size == 4)
            return PortAction.ConfigurationAddress;

        var last = port + size - 1;
        var denied = isWrite ? PortAction.Drop : PortAction.AllOnes;
        if (!initialDomain || last > 0xffff)
            return denied;
        if (port >= ConfigurationDataPort && last < ConfigurationDataPort + 4)
            return PortAction.ConfigurationData;
        if (port == ClockIndexPort && size == 1)
            return PortAction.ClockIndex;
        if (port == ClockIndexPort + 1 && size == 1)
            return PortAction.ClockData;
        return BelongsToHypervisor(port, last, serial) ? denied : PortAction.PassThrough;
    }

    // The configuration ports are here for accesses of odd sizes, among them 0xcf9, which resets the machine. Port 0x61 goes with the timer:
    // a kernel that could see its output bit stuck would wait for it for ever.
    private static bool BelongsToHypervisor(int first, int last, uint serial) =>
        Touches(first, last, 0x20, 0x21)
        || Touches(first, last, 0x40, 0x43)
        || Touches(first, last, 0x61, 0x61)
        || Touches(first, last, 0x70, 0x71)
        || Touches(first, last, 0xa0, 0xa1)
        || (serial != 0 && Touches(first, last, (int)serial, (int)serial + SerialPorts - 1))
        || Touches(first, last, 0xcf8, 0xcff);

    private static bool Touches(int first, int last, int start, int end) => first <= end && last >= start;
}
