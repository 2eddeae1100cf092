using System;
using System.Collections.Generic;
using System.Text;

using Serai.Abi;
using Serai.Hypervisor.Tests.Images;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Building;

/// <summary>Small kernels with Xen notes, as boot modules of a machine.</summary>
internal static class TestKernel
{
    /// <summary>Where it is mapped.</summary>
    public const ulong Base = 0xffff_ffff_8000_0000;

    /// <summary>Its first instruction.</summary>
    public const ulong Entry = Base + Elfs.LoadAddress;

    /// <summary>Its page of hypercall stubs, the second of the image.</summary>
    public const ulong HypercallPage = Entry + 0x1000;

    /// <summary>The notes of a kernel as Linux has them, but for those that are replaced.</summary>
    public static byte[] Make(ulong? virtualBase = null, ulong? list = null, bool moduleAsFrame = true, ulong? entry = null, params byte[][] more)
    {
        var notes = new List<byte[]>
        {
            Elfs.StringNote((uint)ElfNote.GuestOs, "test"),
            Elfs.StringNote((uint)ElfNote.Loader, "generic"),
            Elfs.StringNote((uint)ElfNote.XenVersion, "xen-3.0"),
            Elfs.NumberNote((uint)ElfNote.VirtualBase, virtualBase ?? Base),
            Elfs.NumberNote((uint)ElfNote.PhysicalOffset, 0),
            Elfs.NumberNote((uint)ElfNote.Entry, entry ?? Entry),
        };
        if (virtualBase is null)
            notes.Add(Elfs.NumberNote((uint)ElfNote.HypercallPage, HypercallPage));
        if (list is { } address)
            notes.Add(Elfs.NumberNote((uint)ElfNote.InitialP2m, address));
        if (moduleAsFrame)
            notes.Add(Elfs.NumberNote((uint)ElfNote.ModuleStartPfn, 1));
        notes.AddRange(more);
        return Elfs.Minimal([.. notes]);
    }

    /// <summary>A machine with these modules, each with its line.</summary>
    public static void Boot(int mebibytes, string arguments, params (byte[] File, string Line)[] modules)
        => TestMachine.Start(mebibytes, arguments, place =>
        {
            foreach ((byte[] file, string line) in modules)
            {
                file.CopyTo(DirectMap.Bytes(new(place), (ulong)file.Length));
                BootInformation.Add(place, (ulong)file.Length, line);
                place = (place + (ulong)file.Length + Mfn.Size - 1) & ~(ulong)(Mfn.Size - 1);
            }
            return place;
        });

    /// <summary>The text of a name or line.</summary>
    public static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
