using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Time;

/// <summary>
/// The runstate and time records are written to an address that the guest named once, on every switch, long after. What is mapped there then may be a
/// table, the hypervisor, nothing; a sum with the address may wrap.
/// Bad addresses must be refused, and one that goes bad must hurt nobody.
/// </summary>
internal static unsafe class RecordsOfTime
{
    private static ReadOnlySpan<ulong> Bad =>
        [0xffff_8300_0000_0000, 0xffff_7fff_ffff_fff8, ulong.MaxValue, ulong.MaxValue - 7, 0x7fff_ffff_fff8];

    internal static void Run()
    {
        ulong page = Frames.Take();
        foreach (uint command in (ReadOnlySpan<uint>)[(uint)VcpuCommand.RegisterRunstateMemoryArea, (uint)VcpuCommand.RegisterVcpuTimeMemoryArea])
        {
            foreach (ulong address in Bad)
                Verdict.ExpectError(Register(command, address), Errno.Fault, "a record in a bad place"u8);
            Verdict.ExpectDone(Register(command, page + 100), "a record on a page"u8);
            Verdict.Expect(*(ulong*)(page + 108) != 0, "the record is empty"u8);
            Hypercalls.Yield();
            Frames.Protect(page);
            // What is written there may happen to be entries or not; either way it must not be written while it is a table.
            bool isTable = Mmu.Pin(Frames.Of(page), 1) == 0;
            Hypercalls.Yield();
            Verdict.ExpectResult(Mmu.Unpin(Frames.Of(page)), isTable ? 0 : -(long)Errno.Inval, "the unpin"u8);
            Verdict.ExpectDone(Register(command, Guest.StartInfo.PageTableBase + 2048), "a record on a table"u8);
            Hypercalls.Yield();
            Verdict.ExpectDone(Register(command, 0x1000), "a record where nothing is"u8);
            Hypercalls.Yield();
            Verdict.ExpectDone(Register(command, 0), "no record"u8);
            Frames.Unprotect(page);
            Frames.Words(page).Clear();
        }

        Hypercalls.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.RunstateUpdateFlag);
        Verdict.ExpectDone(Register((uint)VcpuCommand.RegisterRunstateMemoryArea, page + 4080), "a record over the end of a page"u8);
        Hypercalls.Yield();
        Verdict.ExpectDone(Register((uint)VcpuCommand.RegisterRunstateMemoryArea, page), "a record with the update flag"u8);
        Hypercalls.Yield();
        Verdict.Expect((*(ulong*)(page + 8) & RunstateFlags.Update) == 0, "the update flag was left set"u8);
        Register((uint)VcpuCommand.RegisterRunstateMemoryArea, 0);
    }

    private static long Register(uint command, ulong address)
    {
        VcpuRegisterRunstateMemoryArea area = default;
        area.Address = address;
        return Hypercalls.Call(Hypercall.VcpuOp, command, 0, Hypercalls.AddressOf(in area));
    }
}
