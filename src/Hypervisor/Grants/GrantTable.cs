using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// A domain's grant table: frames of version-1 entries that the domain and the hypervisor share (public/grant_table.h), beside them what the
/// hypervisor remembers of each entry in use, and the domain's own handles on the grants of others. The shared frames are made when the guest asks
/// for them and live as long as the domain; its records live until the last user of its grants is gone.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantTable
{
    /// <summary>The most frames of a table, 512 entries each.</summary>
    public const int MaximumFrames = 64;

    private const uint EntryBytes = 8;

    /// <summary>Entries in a frame.</summary>
    public const uint EntriesPerFrame = (uint)Mfn.Size / EntryBytes;

    private const uint ActivePerFrame = Mfn.Size / 16, ActiveFramesPerFrame = EntriesPerFrame / ActivePerFrame;

    private Links shared;
    private FrameArray<ActivePage> active;

    /// <summary>The domain's handles on others' grants.</summary>
    public MappingTable Mappings;

    /// <summary>Handles of any domain on grants of this table.</summary>
    public uint Outstanding;

    /// <summary>How many frames there are.</summary>
    public int FrameCount { get; private set; }

    [InlineArray(MaximumFrames)]
    private struct Links
    {
        private Link<EntryPage> element;
    }

    [InlineArray((int)EntriesPerFrame)]
    private struct EntryPage
    {
        private SharedGrant element;
    }

    [InlineArray((int)ActivePerFrame)]
    private struct ActivePage
    {
        private ActiveGrant element;
    }

    /// <summary>A frame of the table.</summary>
    public readonly Mfn this[int index] => Mfn.Of(DirectMap.PhysicalAddress(ref shared[index].Value));

    /// <summary>References from here on have no entry.</summary>
    public readonly uint EntryCount => unchecked((uint)FrameCount * EntriesPerFrame);

    /// <summary>References from here on have never had an entry; unlike the entries, what is remembered of them survives the domain.</summary>
    public readonly uint ActiveCount => unchecked(active.FrameCount / ActiveFramesPerFrame * EntriesPerFrame);

    /// <summary>Frames of the hypervisor's that hold what it remembers.</summary>
    public readonly ulong HeldFrames => active.HeldFrames + Mappings.HeldFrames;

    /// <summary>The entry of a reference below <see cref="EntryCount"/>. The guest may be writing to it at this moment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref SharedGrant Entry(uint reference)
        => ref shared[unchecked((int)(reference / EntriesPerFrame % MaximumFrames))].Value[unchecked((int)(reference % EntriesPerFrame))];

    /// <summary>What is remembered of a reference below <see cref="ActiveCount"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref ActiveGrant Active(uint reference) => ref active[reference / ActivePerFrame][unchecked((int)(reference % ActivePerFrame))];

    /// <summary>Makes frames until there are so many, at most <see cref="MaximumFrames"/>; false where memory runs out.</summary>
    public bool TryGrow(ref Domain domain, int count)
    {
        while (FrameCount < count)
        {
            while (active.FrameCount < (uint)(FrameCount + 1) * ActiveFramesPerFrame)
            {
                if (!active.TryAdd())
                    return false;
            }
            if (!SharedFrames.TryMake(ref domain, out Mfn frame))
                return false;
            shared[FrameCount++] = DirectMap.LinkTo<EntryPage>(frame.Address);
        }
        return true;
    }

    /// <summary>Lets go of all shared frames of a dying domain: from then on nobody gets anything by its grants.</summary>
    public void GiveShared()
    {
        while (FrameCount > 0)
            SharedFrames.Give(this[--FrameCount]);
    }

    /// <summary>Gives back the records of a domain of which nobody uses a grant any more, and which uses none itself.</summary>
    public void GiveRecords()
    {
        active.GiveAll();
        Mappings.GiveAll();
    }
}
