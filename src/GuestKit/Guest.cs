using System;
using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>What a guest was given, and its way in. The kernel's own code is the method it exports as GuestMain.</summary>
public static unsafe class Guest
{
    // Linux's page-table entry flags and those of the ABI are the processor's: present, writable, accessed, dirty (SDM volume 3, 4.5).
    private const ulong WritablePage = 0x63;
    private const ulong InvalidatePage = 2;

    private static StartInfo* startInfo;
    private static VcpuInfo* movedInfo;

    /// <summary>The page that the builder left at RSI.</summary>
    public static ref readonly StartInfo StartInfo => ref *startInfo;

    /// <summary>Whether this is the initial domain.</summary>
    public static bool IsInitial => (startInfo->Flags & StartInfoFlags.InitialDomain) != 0;

    /// <summary>Where <see cref="StartInfo"/> lies, for a guest that wants to know.</summary>
    public static ulong StartInfoAddress => (ulong)startInfo;

    /// <summary>The page shared with the hypervisor, mapped before GuestMain runs.</summary>
    public static ref SharedInfo SharedInfo => ref *(SharedInfo*)Symbols.SharedInfoWindow;

    /// <summary>The record of virtual CPU 0: in the shared page, or where <see cref="MoveVcpuInfo"/> said it has been moved.</summary>
    public static ref VcpuInfo VcpuInfo
    {
        get
        {
            if (movedInfo == null)
                return ref SharedInfo.VcpuInfo[0];
            return ref *movedInfo;
        }
    }

    /// <summary>Notes that the record of virtual CPU 0 is now at an address.</summary>
    public static void MoveVcpuInfo(ulong address) => movedInfo = (VcpuInfo*)address;

    /// <summary>The command line, without its terminating zero.</summary>
    public static ReadOnlySpan<byte> CommandLine
    {
        get
        {
            ReadOnlySpan<byte> line = startInfo->CommandLine.AsReadOnlySpan();
            int end = line.IndexOf((byte)0);
            return end < 0 ? line : line[..end];
        }
    }

    /// <summary>The value of a word NAME=VALUE of the command line; <paramref name="name"/> includes the equals sign. Empty if absent.</summary>
    public static ReadOnlySpan<byte> Option(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = CommandLine;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)' ');
            ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
            if (word.StartsWith(name))
                return word[name.Length..];
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return default;
    }

    /// <summary>The value of a word NAME=NUMBER of the command line, or what is to hold where there is none.</summary>
    public static ulong Number(ReadOnlySpan<byte> name, ulong otherwise)
    {
        ReadOnlySpan<byte> text = Option(name);
        if (text.IsEmpty)
            return otherwise;
        ulong number = 0;
        foreach (byte letter in text)
        {
            if (letter is < (byte)'0' or > (byte)'9' || number > (ulong.MaxValue - 9) / 10)
                Failure.Stop("a word of the command line is no number"u8, letter);
            number = (number * 10) + letter - '0';
        }

        return number;
    }

    [RuntimeExport("GuestKitStart")]
    private static void Enter(StartInfo* information)
    {
        startInfo = information;
        long mapped = Hypercalls.Call(Hypercall.UpdateVaMapping, Symbols.SharedInfoWindow, information->SharedInfo | WritablePage, InvalidatePage);
        if (mapped != 0)
            Failure.Stop("the shared page cannot be mapped"u8, (ulong)mapped);
        Traps.Install();
        GuestMain();
        Hypercalls.Shutdown(ShutdownReason.PowerOff);
    }

    [RuntimeImport("*", "GuestMain"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void GuestMain();
}
