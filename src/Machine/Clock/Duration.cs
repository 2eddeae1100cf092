using System.Runtime.CompilerServices;

namespace Serai.Machine.Clock;

/// <summary>
/// The one difference of two times. Counters of two processors are nanoseconds apart, and what is kept may have been read on another one, or by a
/// guest: the later of two times can be the smaller number, and then nothing has passed.
/// </summary>
public static class Duration
{
    /// <summary>What has passed from one time to another, in their unit; 0 where the second is before the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Between(ulong earlier, ulong later) => later > earlier ? unchecked(later - earlier) : 0;
}
