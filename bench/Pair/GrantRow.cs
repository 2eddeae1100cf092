using Serai.Abi;
using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>A page of the second domain's, mapped and unmapped by the first.</summary>
internal static class GrantRow
{
    private const int Row = 213, Loops = 6;

    internal static void Run(ushort peer, uint reference)
    {
        ulong window = Frames.Take();
        long result = Mmu.Map(window, 0);
        GrantMap map = default;
        map.HostAddress = window;
        map.Flags = GrantMapFlags.HostMap;
        map.Reference = reference;
        map.Domain = peer;
        GrantUnmap unmap = default;
        unmap.HostAddress = window;
        // The first mapping of all makes the table of mappings.
        result |= MapAndUnmap(ref map, ref unmap);
        Sample sample = Sample.Begin(Row);
        for (int turn = 0; turn < 1 << Loops; turn++)
            result |= MapAndUnmap(ref map, ref unmap);
        sample.Finish(Loops, "grant"u8);
        Verdict.ExpectDone(result, "a page of the other domain, mapped and unmapped"u8);
    }

    private static long MapAndUnmap(ref GrantMap map, ref GrantUnmap unmap)
    {
        long result = Call(GrantTableCommand.MapGrantRef, Hypercalls.AddressOf(in map)) | (long)map.Status;
        unmap.Handle = map.Handle;
        return result | Call(GrantTableCommand.UnmapGrantRef, Hypercalls.AddressOf(in unmap)) | (long)unmap.Status;
    }

    private static long Call(GrantTableCommand command, ulong record) => Hypercalls.Call(Hypercall.GrantTableOp, (ulong)command, record, 1);
}
