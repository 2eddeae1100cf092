namespace Serai.Machine.Processor;

/// <summary>The places where a fault in ring 0 is expected (section .fixups): pairs of the faulting address and the one to go on at.</summary>
// unsafe: reads a table that the linker made.
public static unsafe class Fixups
{
    /// <summary>Whether there is a place to go on at for a fault at an address.</summary>
    public static bool TryFind(ulong address, out ulong resume)
    {
        for (ulong* pair = (ulong*)Symbols.FixupsStart; pair < (ulong*)Symbols.FixupsEnd; pair += 2)
        {
            if (pair[0] == address)
            {
                resume = pair[1];
                return true;
            }
        }
        resume = 0;
        return false;
    }
}
