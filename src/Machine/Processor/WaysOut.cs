using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>
/// The ways from Entry.S to a guest that need more than they do by themselves lead elsewhere: a jump is written over their first instructions
/// (section .diversions of X64/Split.S), once, before another processor runs them, as <see cref="GuestWindow"/> writes its own. Who needs no more
/// pays nothing.
/// </summary>
// unsafe: code is changed by address.
public static unsafe class WaysOut
{
    private const int JumpBytes = 5;

    /// <summary>Has guests left by the ways of split tables, or by those that empty the processor's buffers only.</summary>
    public static void Divert(bool isSplit)
    {
        for (ulong* place = (ulong*)Symbols.DiversionsStart; place < (ulong*)Symbols.DiversionsEnd; place += 3)
        {
            uint distance = (uint)((isSplit ? place[1] : place[2]) - place[0] - JumpBytes);
            byte* code = (byte*)(Layout.DirectMap + HypervisorTables.PhysicalOf(place[0]));
            code[0] = 0xe9;
            for (int index = 0; index < 4; index++)
                code[1 + index] = (byte)(distance >> 8 * index);
        }
    }
}
