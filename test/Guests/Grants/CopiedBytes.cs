using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Grants;

/// <summary>
/// A copy is made by the hypervisor, which sees all of memory: a length that runs over a page's end, or a target that is a page table, would let it
/// write what the guest must not.
/// Bytes are copied between own pages, by number and by grant; edges and tables are refused.
/// </summary>
internal static class CopiedBytes
{
    internal static void Run()
    {
        ushort self = GrantRecords.OwnDomain();
        ulong source = Frames.Take(), target = Frames.Take();
        for (int index = 0; index < 512; index++)
            Frames.Words(source)[index] = (ulong)index * 7;
        GrantCopy copy = default;
        copy.Source.Reference = GuestKit.Grants.Offer(self, source, readOnly: true);
        copy.Source.Domain = self;
        copy.Destination.Frame = Frames.Of(target);
        copy.Destination.Domain = DomainIds.Self;
        copy.Length = 4096;
        copy.Flags = GrantCopyFlags.SourceGrantRef;
        Verdict.ExpectDone((long)GrantRecords.Copy(ref copy), "a page"u8);
        bool same = true;
        for (int index = 0; index < 512; index++)
            same &= Frames.Words(target)[index] == (ulong)index * 7;
        Verdict.Expect(same, "the bytes differ"u8);
        Verdict.Expect((GrantRecords.Entry(copy.Source.Reference).Flags & (GrantFlags.Reading | GrantFlags.Writing)) == 0, "the mark stays"u8);
        copy.Source.Offset = 8;
        Refused(ref copy, GrantStatus.BadCopyArgument);
        copy.Source.Offset = 0;
        copy.Destination.Offset = 1;
        Refused(ref copy, GrantStatus.BadCopyArgument);
        copy.Destination.Offset = 0;
        copy.Destination.Frame = Entries.TableFrame(target, 1);
        Refused(ref copy, GrantStatus.GeneralError);
        copy.Destination.Frame = Guest.StartInfo.PageTableBase == 0 ? 0 : Frames.Of(Guest.StartInfo.PageTableBase);
        Refused(ref copy, GrantStatus.GeneralError);
        copy.Destination.Frame = 0x200;
        Refused(ref copy, GrantStatus.BadPage);
        copy.Destination.Frame = ulong.MaxValue;
        Refused(ref copy, GrantStatus.BadPage);
        copy.Destination = copy.Source;
        copy.Flags |= GrantCopyFlags.DestinationGrantRef;
        Refused(ref copy, GrantStatus.GeneralError);
    }

    private static void Refused(ref GrantCopy copy, GrantStatus status)
        => Verdict.ExpectResult((long)GrantRecords.Copy(ref copy), (long)status, "a copy that may not be"u8);
}
