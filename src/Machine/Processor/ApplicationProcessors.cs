using System;
using System.Threading;

using Serai.Abi;
using Serai.Machine.Clock;
using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>
/// Brings up the processors beside the first (SDM vol. 3, 9.4.4): they begin in real mode in a page below 1 MiB, which is borrowed and put back.
/// </summary>
// unsafe: code is copied, and a word of assembly is written.
public static unsafe class ApplicationProcessors
{
    private const ulong FirstFrame = 8, EndFrame = 0x9f;
    private const int MostBytes = 512;
    private const uint GivenUp = 2;
    private const ulong Nanosecond = 1_000_000_000;
    private const ulong ResetTime = 10_000_000, StartupTime = 200_000, Patience = 10_000_000_000;

    /// <summary>
    /// Starts a processor on its own stack; false where it has not come up after ten seconds. The boot's identity map must still be there.
    /// </summary>
    public static bool TryStart(ref ProcessorState processor)
    {
        if (!TryFindPage(out Mfn page))
            return false;
        var code = new ReadOnlySpan<byte>((void*)Symbols.TrampolineStart, (int)(Symbols.TrampolineEnd - Symbols.TrampolineStart));
        byte* room = stackalloc byte[MostBytes];
        var kept = new Span<byte>(room, MostBytes)[..code.Length];
        Span<byte> place = DirectMap.Bytes(page.Address, (ulong)code.Length);
        place.CopyTo(kept);
        code.CopyTo(place);
        fixed (ProcessorState* state = &processor)
            *(ulong*)Symbols.ApplicationStack = (ulong)state;
        bool started = Wake(ref processor, page);
        kept.CopyTo(place);
        return started;
    }

    private static bool Wake(ref ProcessorState processor, Mfn page)
    {
        LocalApic.SendReset(processor.ApicIdentifier);
        Wait(ref processor, ResetTime);
        LocalApic.SendStartup(processor.ApicIdentifier, page);
        if (Wait(ref processor, StartupTime))
            return true;
        LocalApic.SendStartup(processor.ApicIdentifier, page);
        if (Wait(ref processor, Patience))
            return true;
        if (Interlocked.CompareExchange(ref processor.IsOnline, GivenUp, 0) != 0)
            return true;
        LocalApic.SendReset(processor.ApicIdentifier);
        return false;
    }

    /// <summary>Whether a processor that has just begun came too late: it may use nothing but its stack, and is to stop.</summary>
    public static bool IsGivenUp(in ProcessorState processor) => processor.IsOnline == GivenUp;

    /// <summary>Says that the processor is there; false where it is waited for no more.</summary>
    public static bool TryArrive(ref ProcessorState processor) => Interlocked.CompareExchange(ref processor.IsOnline, 1, 0) == 0;

    /// <summary>
    /// Stops every other processor for good, whatever it does: by an NMI, which X64/OwnStacks.inc looks at first. For one that ends
    /// the machine's run, and goes on.
    /// </summary>
    public static void StopOthers(Table<Link<ProcessorState>> processors)
    {
        const uint nonMaskable = 4 << 8;
        uint self = CurrentProcessor.Number;
        if (self >= processors.Length || processors[self].IsNull)
            return;
        fixed (ProcessorState* state = &processors[self].Value)
            *(ulong*)Symbols.PanickingProcessor = (ulong)state;
        for (uint number = 0; number < processors.Length; number++)
        {
            if (number != self && !processors[number].IsNull && (number == 0 || processors[number].Value.IsOnline == 1))
                LocalApic.Send(processors[number].Value.ApicIdentifier, nonMaskable);
        }
    }

    /// <summary>Waits for a processor to come up, but no longer than some nanoseconds.</summary>
    private static bool Wait(ref ProcessorState processor, ulong nanoseconds)
    {
        ulong end = TimeSource.Now + nanoseconds * (TimeSource.Hertz / 1000) / (Nanosecond / 1000);
        while (Volatile.Read(ref processor.IsOnline) == 0)
        {
            if (TimeSource.Now >= end)
                return false;
            Instructions.Pause();
        }
        return true;
    }

    private static bool TryFindPage(out Mfn page)
    {
        page = default;
        for (ulong frame = FirstFrame; frame < EndFrame; frame++)
        {
            page = new Mfn(frame);
            if (IsRam(page) && BootMemory.ReservedEnd(frame) == 0)
                return true;
        }
        return false;
    }

    private static bool IsRam(Mfn frame)
    {
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            if (entry.Type == E820Type.Ram && entry.Address <= frame.Address && entry.Address + entry.Size >= frame.Plus(1).Address)
                return true;
        }
        return false;
    }
}
