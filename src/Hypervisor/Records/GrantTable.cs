using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

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

    internal const uint ActivePerFrame = Mfn.Size / 16, ActiveFramesPerFrame = EntriesPerFrame / ActivePerFrame;

    internal Links Shared;
    internal FrameArray<ActivePage> ActivePages;

    /// <summary>The domain's handles on others' grants.</summary>
    public Maptrack Maptrack;

    /// <summary>Handles of any domain on grants of this table.</summary>
    public uint Outstanding;

    /// <summary>How many frames there are.</summary>
    public int FrameCount { get; internal set; }

    [InlineArray(MaximumFrames)]
    internal struct Links
    {
        private Link<EntryPage> element;
    }

    [InlineArray((int)EntriesPerFrame)]
    internal struct EntryPage
    {
        private SharedGrant element;
    }

    [InlineArray((int)ActivePerFrame)]
    internal struct ActivePage
    {
        private ActiveGrant element;
    }

    /// <summary>A frame of the table.</summary>
    public readonly Mfn this[int index] => Mfn.Of(DirectMap.AddressOf(ref Shared[index].Value));

    /// <summary>References from here on have no entry.</summary>
    public readonly uint EntryCount => unchecked((uint)FrameCount * EntriesPerFrame);

    /// <summary>References from here on have never had an entry; unlike the entries, what is remembered of them survives the domain.</summary>
    public readonly uint ActiveCount => unchecked(ActivePages.FrameCount / ActiveFramesPerFrame * EntriesPerFrame);

    /// <summary>Frames of the hypervisor's that hold what it remembers.</summary>
    public readonly ulong HeldFrames => ActivePages.HeldFrames + Maptrack.HeldFrames;

    /// <summary>The entry of a reference below <see cref="EntryCount"/>. The guest may be writing to it at this moment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref SharedGrant Entry(uint reference)
        => ref Shared[unchecked((int)(reference / EntriesPerFrame % MaximumFrames))].Value[unchecked((int)(reference % EntriesPerFrame))];

    /// <summary>What is remembered of a reference below <see cref="ActiveCount"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref ActiveGrant Active(uint reference)
        => ref ActivePages[reference / ActivePerFrame][unchecked((int)(reference % ActivePerFrame))];
}
