using System.Runtime.CompilerServices;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// grant_table_op record by record, for a guest that wants to say something else than <see cref="Grants"/> does. Each call's result is its record's
/// status, and GeneralError where the call itself failed.
/// </summary>
public static class GrantRecords
{
    /// <summary>An entry of this domain's own table, which <see cref="Grants.Offer"/> has made.</summary>
    public static ref GrantEntry Entry(uint reference) => ref Grants.EntryOf(reference);

    /// <summary>map_grant_ref.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static GrantStatus Map(ref GrantMap record) => Make(GrantTableCommand.MapGrantRef, ref record) ? record.Status : GrantStatus.GeneralError;

    /// <summary>unmap_grant_ref.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static GrantStatus Unmap(uint handle, ulong address)
    {
        GrantUnmap record = default;
        record.Handle = handle;
        record.HostAddress = address;
        return Make(GrantTableCommand.UnmapGrantRef, ref record) ? record.Status : GrantStatus.GeneralError;
    }

    /// <summary>unmap_and_replace.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static GrantStatus Replace(uint handle, ulong address, ulong newAddress)
    {
        GrantUnmapAndReplace record = default;
        record.Handle = handle;
        record.HostAddress = address;
        record.NewAddress = newAddress;
        return Make(GrantTableCommand.UnmapAndReplace, ref record) ? record.Status : GrantStatus.GeneralError;
    }

    /// <summary>copy.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static GrantStatus Copy(ref GrantCopy record) => Make(GrantTableCommand.Copy, ref record) ? record.Status : GrantStatus.GeneralError;

    /// <summary>transfer of a machine frame.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static GrantStatus Transfer(ulong frame, ushort domain, uint reference)
    {
        GrantTransfer record = default;
        record.Frame = frame;
        record.Domain = domain;
        record.Reference = reference;
        return Make(GrantTableCommand.Transfer, ref record) ? record.Status : GrantStatus.GeneralError;
    }

    /// <summary>This domain's own id: the only one about whose table it may ask.</summary>
    public static ushort OwnDomain()
    {
        const ushort highest = 2048;
        if (Guest.IsInitial)
            return 0;
        for (ushort id = 1; id < highest; id++)
        {
            GrantQuerySize query = default;
            query.Domain = id;
            if (Make(GrantTableCommand.QuerySize, ref query) && query.Status == GrantStatus.Okay)
                return id;
        }

        Failure.Stop("this domain has no id"u8, highest);
        return 0;
    }

    private static bool Make<T>(GrantTableCommand command, ref T record)
        where T : unmanaged
        => Hypercalls.Call(Hypercall.GrantTableOp, (ulong)command, Hypercalls.AddressOf(in record), 1) == 0;
}
