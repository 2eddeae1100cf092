using System;
using System.Runtime;

using Serai.Machine.Processor;

namespace Serai.Hypervisor;

/// <summary>The order in which the machine comes up.</summary>
public static class Start
{
    [RuntimeExport("Start")]
    private static void Enter(uint magic, ulong information)
    {
        ReadOnlySpan<byte> name = "Serai\r\n"u8;
        foreach (byte letter in name)
            Port.Out8(0x3f8, letter);
    }
}
