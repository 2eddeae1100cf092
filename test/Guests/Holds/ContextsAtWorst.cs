using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// The largest contexts for a virtual CPU that there can be: two trees of tables that nobody has looked at, full on every level, fourteen full pages
/// of descriptors, and at the very end something that is refused, so that all of it is taken apart again; many times, behind calls that have used
/// some of the same share. At last one that is taken. Nobody may wait for any of it.
/// </summary>
internal static unsafe class ContextsAtWorst
{
    private const int Rounds = 24, Tables = 50, DescriptorPages = 14, Trees = 2, Operations = 8;
    private const uint Number = 1;

    private static readonly ulong[] roots = new ulong[Trees];
    private static readonly ulong[] descriptors = new ulong[DescriptorPages];
    private static ulong scratch, data, refused, context, operations;

    internal static void Run()
    {
        Chance.Begin(1);
        Prepare();
        for (int round = 0; round < Rounds; round++)
        {
            bool isTree = Chance.Below(3) == 0;
            Describe(roots[round % Trees], isTree ? refused : Chance.Of([roots[(round + 1) % Trees], roots[(round + 1) % Trees], 0]));
            if (!isTree)
                Context.GdtFrames[DescriptorPages - 1] = Chance.Of([Frames.Of(context), ulong.MaxValue]);
            Perform();
        }

        Describe(roots[0], roots[1]);
        Verdict.ExpectDone(VirtualProcessors.Initialise(Number, context), "the largest context"u8);
        Verdict.ExpectError(VirtualProcessors.Initialise(Number, context), Errno.Exist, "another context"u8);
    }

    private static ref VcpuGuestContext Context => ref *(VcpuGuestContext*)context;

    private static void Prepare()
    {
        (scratch, data, operations) = (Frames.Take(), Frames.Take(), Frames.Take());
        context = VirtualProcessors.MakeContext(0);
        for (int tree = 0; tree < Trees; tree++)
            roots[tree] = MakeTree(out _);
        MakeTree(out ulong below);
        // The entry that is refused comes last: a page that can be written, among tables of level 3.
        Frames.Words(scratch).Fill(Entries.Make(below, Entries.Table));
        Frames.Words(scratch)[511] = Entries.Make(Frames.Of(context), Entries.Table);
        refused = Copy();
        Frames.Words(scratch).Fill(0x00cf_f200_0000_ffff);
        for (int page = 0; page < DescriptorPages; page++)
            descriptors[page] = Copy();
        for (int place = 0; place < Operations; place++)
            ((MmuExtendedOperation*)operations)[place] = new MmuExtendedOperation { Command = MmuExtendedCommand.ClearPage, Argument1 = Copy() };
    }

    /// <summary>A frame that is mapped nowhere, with what the scratch page holds.</summary>
    private static ulong Copy()
    {
        ulong frame = Frames.TakeUnmapped();
        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.CopyPage, frame, Frames.Of(scratch)), "a copied page"u8);
        return frame;
    }

    /// <summary>Full tables of four levels, those of level 1 of each kind that there is; `below` is the one of level 3.</summary>
    private static ulong MakeTree(out ulong below)
    {
        Span<ulong> words = Frames.Words(scratch);
        var lowest = stackalloc ulong[Tables];
        for (int index = 0; index < Tables; index++)
        {
            words.Fill(Entries.Make(Frames.Of(data), index % 2 == 0 ? Entries.ReadOnly : Entries.ReadWrite));
            for (int entry = 0; entry < words.Length && index % 3 == 0; entry++)
                words[entry] = Entries.Make(Frames.OfPseudoPhysical(Guest.StartInfo.PageCount - 1 - (ulong)(entry % 40)), Entries.ReadOnly);
            lowest[index] = Copy();
        }

        for (int entry = 0; entry < words.Length; entry++)
            words[entry] = Entries.Make(lowest[entry % Tables], Entries.Table);
        ulong second = Copy();
        words.Fill(Entries.Make(second, Entries.Table));
        below = Copy();
        words.Fill(Entries.Make(below, Entries.Table));
        return Copy();
    }

    private static void Describe(ulong kernel, ulong user)
    {
        (Context.ControlRegisters.Cr3, Context.ControlRegisters.UserPageTable) = (kernel << 12, user << 12);
        Context.GdtEntries = DescriptorPages * 512;
        for (int page = 0; page < DescriptorPages; page++)
            Context.GdtFrames[page] = descriptors[page];
    }

    /// <summary>Some calls that use part of a budget, the context, and that again.</summary>
    private static void Perform()
    {
        ulong times = Chance.Of([1, 2, 4]);
        for (ulong time = 0; time < times; time++)
        {
            for (ulong before = Chance.Below(12); before > 0; before--)
                Batch.Add(Hypercall.MmuExtendedOp, operations, Operations, 0, DomainIds.Self);
            Batch.Add(Hypercall.VcpuOp, (ulong)VcpuCommand.Initialise, Number, context);
        }

        int last = Batch.Count - 1;
        Verdict.ExpectDone(Batch.Perform(), "a batch"u8);
        Verdict.ExpectError(Batch.ResultOf(last), Errno.Inval, "a context with something wrong at its end"u8);
    }
}
