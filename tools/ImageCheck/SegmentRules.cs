using System.Collections.Generic;
using System.Linq;

namespace Serai.ImageCheck;

/// <summary>How the image lies in memory.</summary>
internal static class SegmentRules
{
    private const uint Execute = 1;
    private const uint Write = 2;
    private const ulong PageSize = 4096;

    /// <summary>One line for each segment that is writable and executable or shares a page, and one if the file is too big.</summary>
    public static IEnumerable<string> Check(ElfImage image, long sizeLimit)
    {
        foreach (ElfSegment segment in image.Segments)
        {
            if ((segment.Flags & (Execute | Write)) == (Execute | Write))
                yield return $"the segment at 0x{segment.Address:x} is both writable and executable";
            if (segment.Address % PageSize != 0)
                yield return $"the segment at 0x{segment.Address:x} shares its first page with another";
        }

        ulong symbols = image.Find("symbols_end") - image.Find("symbols_start") ?? 0;
        long size = image.Segments.Sum(segment => (long)segment.FileSize) - (long)symbols;
        if (size > sizeLimit)
            yield return $"{size} bytes without symbols are more than the {sizeLimit} allowed";
    }
}
