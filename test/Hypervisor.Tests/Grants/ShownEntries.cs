using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>Entries of a grant table as guests see them.</summary>
internal static class ShownEntries
{
    internal static ref GrantEntry Shown(this ref GrantTable table, uint reference)
        => ref Unsafe.As<SharedGrant, GrantEntry>(ref table.Entry(reference));
}
