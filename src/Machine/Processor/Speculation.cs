using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>
/// What speculation could carry from one domain to the next on the same processor: trained branch predictions, lines of the first-level cache, and
/// the buffers behind it. Each is emptied where the processor says by CPUID that it can be, and so thinks that it may have to be.
/// </summary>
public static class Speculation
{
    [RuntimeImport("*", "X64ClearBuffers"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void ClearBuffers();

    private const uint PredictionCommand = 0x49, FlushCommand = 0x10b;
    private const uint IntelPredictionBit = 1 << 26, FlushBit = 1 << 28, BuffersBit = 1 << 10, AmdPredictionBit = 1 << 12;

    private static bool forgetsPredictions, flushesCache, clearsBuffers;

    /// <summary>What the first processor leaks to a guest that runs on it.</summary>
    public static Leaks Leaks { get; private set; }

    /// <summary>What is emptied when the domain changes: predictions, the first-level cache, buffers.</summary>
    public static (bool Predictions, bool Cache, bool Buffers) Forgets => (forgetsPredictions, flushesCache, clearsBuffers);

    /// <summary>
    /// Finds out what the processor leaks, and closes it before there are processors and guests: tables are split where that is asked for, and guests
    /// are left by the ways that this needs.
    /// </summary>
    public static void Close(Defence choice)
    {
        Leaks = FindEvidence().Find();
        bool isSplit = choice == Defence.On || (choice == Defence.AsNeeded && (Leaks & Leaks.Mapped) != 0);
        SplitTables.AreOn = isSplit;
        if (isSplit || (Leaks & Leaks.Buffered) != 0)
            WaysOut.Divert(isSplit);
    }

    private static LeakEvidence FindEvidence()
    {
        const uint amd = 0x6874_7541, hygon = 0x6f67_7948, hasCapabilities = 1 << 29, capabilitiesRegister = 0x10a;
        Instructions.Cpuid(0, 0, out _, out uint vendor, out _, out _);
        Instructions.CpuidOrZeros(7, out _, out uint structured, out _, out uint further);
        ulong capabilities = 0;
        if ((further & hasCapabilities) != 0 && !Instructions.TryReadMsr(capabilitiesRegister, out capabilities))
            capabilities = 0;
        return new LeakEvidence { IsAmd = vendor is amd or hygon, Structured = structured, Further = further, Capabilities = capabilities };
    }

    /// <summary>Finds out what the processor offers (Intel SDM vol. 2, CPUID leaf 7; AMD APM vol. 3, leaf 0x80000008).</summary>
    public static void Initialise()
    {
        Instructions.CpuidOrZeros(7, out _, out _, out _, out uint structured);
        Instructions.CpuidOrZeros(0x8000_0008, out _, out uint extended, out _, out _);
        forgetsPredictions = (structured & IntelPredictionBit) != 0 || (extended & AmdPredictionBit) != 0;
        flushesCache = (structured & FlushBit) != 0;
        clearsBuffers = (structured & BuffersBit) != 0;
    }

    /// <summary>Leaves nothing of the domain that ran for the one that comes: IBPB, a flush of the first-level data cache, VERW.</summary>
    public static void Forget()
    {
        if (forgetsPredictions)
            Instructions.WriteMsr(PredictionCommand, 1);
        if (flushesCache)
            Instructions.WriteMsr(FlushCommand, 1);
        if (clearsBuffers)
            ClearBuffers();
    }
}
