using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>The watchdogs that a domain has set up (Watchdogs of Domains).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DomainWatchdogs
{
    /// <summary>How many there can be.</summary>
    public const int Most = 2;

    /// <summary>When each runs out, in system time; 0 for one that is not in use.</summary>
    public Deadlines Ends;

    /// <summary>One for each.</summary>
    [InlineArray(Most)]
    public struct Deadlines
    {
        private ulong element;
    }
}
