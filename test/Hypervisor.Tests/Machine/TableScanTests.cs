using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Tests.Emulation;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>The assembly that looks for present entries (src/Machine/X64/TableScan.S) finds what a plain search finds.</summary>
public sealed class TableScanTests
{
    private const int Entries = 512;

    private delegate int Search(IntPtr table, uint index);

    private static string Source([CallerFilePath] string here = "")
        => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Machine/X64/TableScan.S"));

    [Fact]
    public void BothDirectionsFindTheGroupsThatHavePresentEntries()
    {
        string path = Toolchain.SharedLibrary(Source());
        IntPtr library = NativeLibrary.Load(path);
        ulong[] room = GC.AllocateArray<ulong>(2 * Entries, pinned: true);
        IntPtr table = (Marshal.UnsafeAddrOfPinnedArrayElement(room, 0) + 4095) & ~(IntPtr)4095;
        Span<ulong> entries = room.AsSpan((int)((table - Marshal.UnsafeAddrOfPinnedArrayElement(room, 0)) / sizeof(ulong)), Entries);
        var next = Marshal.GetDelegateForFunctionPointer<Search>(NativeLibrary.GetExport(library, "X64NextGroup"));
        var previous = Marshal.GetDelegateForFunctionPointer<Search>(NativeLibrary.GetExport(library, "X64PreviousGroup"));
        var random = new Random(1);
        for (int round = 0; round < 300; round++)
        {
            // Absent entries may hold anything: what a guest keeps of a swapped page, say.
            foreach (ref ulong entry in entries)
                entry = unchecked((ulong)random.NextInt64() << 1);
            for (int present = round % 40; present > 0; present--)
                entries[random.Next(Entries)] |= 1;
            for (int index = 0; index <= Entries; index += TableScan.GroupSize)
            {
                Assert.Equal(Next(entries, index), next(table, (uint)index));
                Assert.Equal(Previous(entries, index), previous(table, (uint)index));
            }
        }
    }

    private static bool HasPresent(ReadOnlySpan<ulong> group)
    {
        ulong all = 0;
        foreach (ulong entry in group)
            all |= entry;
        return (all & 1) != 0;
    }

    private static int Next(ReadOnlySpan<ulong> table, int index)
    {
        while (index < Entries && !HasPresent(table.Slice(index, TableScan.GroupSize)))
            index += TableScan.GroupSize;
        return index;
    }

    private static int Previous(ReadOnlySpan<ulong> table, int index)
    {
        do
            index -= TableScan.GroupSize;
        while (index >= 0 && !HasPresent(table.Slice(index, TableScan.GroupSize)));
        return index;
    }
}
