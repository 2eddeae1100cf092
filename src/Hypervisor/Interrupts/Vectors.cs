using Serai.Machine.Memory;

namespace Serai.Hypervisor.Interrupts;

/// <summary>
/// Which source arrives at which vector of which processor. A vector that was given back may still get an interrupt that was on its way: whose it is
/// next is told of one that it did not send, which does no harm, and comes late since vectors are given in turn.
/// </summary>
public static class Vectors
{
    /// <summary>Vectors for devices: below those of the hypervisor's own, which come first therefore, and without that of `int 0x80`.</summary>
    private const uint First = 0x30, Limit = 0xe0, Int80 = 0x80, PerProcessor = 256;

    private static ref Table<ushort> Sources => ref InterruptsState.Now.VectorsSources;
    private static ref uint Last => ref InterruptsState.Now.VectorsLast;

    /// <summary>Bytes of memory for so many processors.</summary>
    public static ulong Bytes(uint processors) => processors * PerProcessor * 2;

    /// <summary>Takes the memory for the table, which is cleared.</summary>
    public static void Initialise(ulong memory, uint processors) => Sources = new Table<ushort>(memory, processors * PerProcessor);

    private static ref ushort At(uint processor, uint vector) => ref Sources[processor * PerProcessor + vector];

    /// <summary>Gives a source a vector of a processor's; false where it has none left.</summary>
    public static bool TryGive(uint processor, uint source, out byte vector)
    {
        for (uint step = First; step < Limit; step++)
        {
            Last = Last < First || Last + 1 >= Limit ? First : Last + 1;
            if (Last == Int80 || At(processor, Last) != 0)
                continue;
            At(processor, Last) = (ushort)(source + 1);
            vector = (byte)Last;
            return true;
        }
        vector = 0;
        return false;
    }

    /// <summary>Takes it back.</summary>
    public static void Return(uint processor, uint vector) => At(processor, vector) = 0;

    /// <summary>The source that arrives at a vector of a processor; false where none does.</summary>
    public static bool TryFind(uint processor, uint vector, out uint source)
    {
        source = unchecked(At(processor, vector) - 1u);
        return source != uint.MaxValue;
    }
}
