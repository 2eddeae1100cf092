using System.Threading;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// Pages that other domains may map, by this domain's word: one frame of grant table, version 1, 512 references (public/grant_table.h). A grant is
/// an entry that the guest itself writes; only the mapping side calls the hypervisor.
/// </summary>
public static unsafe class Grants
{
    /// <summary>The first reference that <see cref="Offer"/> gives out; those below have meanings of their own.</summary>
    public const uint First = GrantReferences.ReservedEntries;

    private const int Count = 512;

    private static GrantEntry* table;
    private static uint next = First;

    /// <summary>Lets a domain map a page of this one, read-only or not, from now on: the reference to tell it.</summary>
    public static uint Offer(ushort domain, ulong address, bool readOnly = false)
    {
        if (table == null)
            MapTable();
        if (next == Count)
            Failure.Stop("all references are in use"u8, next);
        ref GrantEntry entry = ref table[next];
        entry.Domain = domain;
        entry.Frame = (uint)Frames.Of(address);
        // The flags make the entry valid, so they come last; stores are not reordered on x86.
        Volatile.Write(ref *(ushort*)&table[next].Flags, (ushort)(GrantFlags.PermitAccess | (readOnly ? GrantFlags.ReadOnly : 0)));
        return next++;
    }

    /// <summary>Takes a grant back; false while somebody has it mapped.</summary>
    public static bool TryWithdraw(uint reference)
    {
        ref ushort flags = ref *(ushort*)&table[reference].Flags;
        ushort seen = Volatile.Read(ref flags);
        return ((GrantFlags)seen & (GrantFlags.Reading | GrantFlags.Writing)) == 0 && Interlocked.CompareExchange(ref flags, 0, seen) == seen;
    }

    /// <summary>Maps a page that a domain grants, over a page of the pool whose own frame waits meanwhile.</summary>
    public static GrantStatus Map(ushort domain, uint reference, bool readOnly, out GrantMapping mapping)
    {
        mapping = default;
        ulong address = TakeWindow();
        GrantMap argument = default;
        argument.HostAddress = address;
        argument.Flags = GrantMapFlags.HostMap | (readOnly ? GrantMapFlags.ReadOnly : 0);
        argument.Reference = reference;
        argument.Domain = domain;
        long result = Call(GrantTableCommand.MapGrantRef, Hypercalls.AddressOf(in argument));
        if (result != 0 || argument.Status != GrantStatus.Okay)
        {
            windows[windowCount++] = address;
            return result != 0 ? GrantStatus.GeneralError : argument.Status;
        }

        mapping.Address = address;
        mapping.Handle = argument.Handle;
        return GrantStatus.Okay;
    }

    /// <summary>Ends a mapping; its window is used again.</summary>
    public static GrantStatus Unmap(ref GrantMapping mapping)
    {
        GrantUnmap argument = default;
        argument.HostAddress = mapping.Address;
        argument.Handle = mapping.Handle;
        long result = Call(GrantTableCommand.UnmapGrantRef, Hypercalls.AddressOf(in argument));
        if (result != 0 || argument.Status != GrantStatus.Okay)
            return result != 0 ? GrantStatus.GeneralError : argument.Status;
        windows[windowCount++] = mapping.Address;
        mapping = default;
        return GrantStatus.Okay;
    }

    /// <summary>Has the hypervisor copy bytes from a page that a domain grants into one of this domain's.</summary>
    public static GrantStatus CopyIn(ushort domain, uint reference, ulong address, ushort length)
    {
        GrantCopy argument = default;
        argument.Source.Reference = reference;
        argument.Source.Domain = domain;
        argument.Destination.Frame = Frames.Of(address & ~(Frames.PageBytes - 1));
        argument.Destination.Domain = DomainIds.Self;
        argument.Destination.Offset = (ushort)(address % Frames.PageBytes);
        argument.Length = length;
        argument.Flags = GrantCopyFlags.SourceGrantRef;
        long result = Call(GrantTableCommand.Copy, Hypercalls.AddressOf(in argument));
        return result != 0 ? GrantStatus.GeneralError : argument.Status;
    }

    // An entry of the table, which is made first.
    internal static ref GrantEntry EntryOf(uint reference)
    {
        if (table == null)
            MapTable();
        return ref table[reference];
    }

    // Windows that were used before; the frames that lay there are this domain's still, mapped nowhere.
    private static readonly ulong[] windows = new ulong[Count];
    private static int windowCount;

    private static ulong TakeWindow()
    {
        if (windowCount > 0)
            return windows[--windowCount];
        // What was mapped there must be forgotten by the TLB too: mapping a grant over it does not see to that.
        ulong window = Frames.Take();
        Mmu.Map(window, 0);
        return window;
    }

    private static void MapTable()
    {
        GrantSetVersion version = default;
        version.Version = 1;
        Call(GrantTableCommand.SetVersion, Hypercalls.AddressOf(in version));
        ulong frame = 0;
        GrantSetupTable argument = default;
        argument.Domain = DomainIds.Self;
        argument.FrameCount = 1;
        argument.FrameList = Hypercalls.AddressOf(in frame);
        long result = Call(GrantTableCommand.SetupTable, Hypercalls.AddressOf(in argument));
        ulong window = Frames.Take();
        if (result == 0 && argument.Status == GrantStatus.Okay)
            result = Mmu.Map(window, Entries.Make(Volatile.Read(ref frame), Entries.ReadWrite));
        if (result != 0 || argument.Status != GrantStatus.Okay)
            Failure.Stop("there is no grant table"u8, (ulong)(result != 0 ? result : (long)argument.Status));
        table = (GrantEntry*)window;
    }

    private static long Call(GrantTableCommand command, ulong argument) => Hypercalls.Call(Hypercall.GrantTableOp, (ulong)command, argument, 1);
}
