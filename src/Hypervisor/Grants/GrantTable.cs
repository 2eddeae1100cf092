using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// A domain's grant table: frames of version-1 entries that the domain and the hypervisor share (public/grant_table.h). They are made when the
/// guest asks for them and live as long as the domain.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantTable
{
    /// <summary>The most frames of a table, 512 entries each.</summary>
    public const int MaximumFrames = 64;

    private Numbers numbers;

    /// <summary>How many frames there are.</summary>
    public int FrameCount { get; private set; }

    [InlineArray(MaximumFrames)]
    private struct Numbers
    {
        private uint element;
    }

    /// <summary>A frame of the table.</summary>
    public readonly Mfn this[int index] => new(numbers[index]);

    /// <summary>Makes frames until there are so many, at most <see cref="MaximumFrames"/>; false where memory runs out.</summary>
    public bool TryGrow(ref Domain domain, int count)
    {
        while (FrameCount < count)
        {
            if (!SharedFrames.TryMake(ref domain, out Mfn frame))
                return false;
            numbers[FrameCount++] = (uint)frame.Value;
        }
        return true;
    }

    /// <summary>Lets go of all frames of a dying domain.</summary>
    public void GiveAll()
    {
        while (FrameCount > 0)
            SharedFrames.Give(this[--FrameCount]);
    }
}
