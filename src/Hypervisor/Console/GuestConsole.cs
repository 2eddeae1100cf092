using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi.Io;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Console;

/// <summary>
/// The console rings of domains that have no other console: the hypervisor is their backend (public/io/console.h, ABI 08 §8.1). The ring is the
/// guest's memory: indexes are read once and believed no further than the ring is long.
/// </summary>
public static class GuestConsole
{
    private const uint InputBytes = 1024, OutputBytes = 2048;

    /// <summary>How long an unfinished line is held back, in nanoseconds.</summary>
    private const ulong LongestWait = 100_000_000;

    /// <summary>How long a dying domain's ring is kept for its last words.</summary>
    private const ulong LongestSpeech = 30_000_000_000;

    private static ref ConsoleRing RingOf(ref Domain domain) => ref DirectMap.At<ConsoleRing>(domain.Console.Frame.Address);

    /// <summary>Whether some ring could not be emptied, because the line is slower than its guest.</summary>
    public static bool IsHeldBack
    {
        get => Speech.IsDueFrom(Speaker.HeldBack);
        private set => Speech.Note(Speaker.HeldBack, value);
    }

    /// <summary>Whether such a ring waits for its domain to pay, and no other was in the way.</summary>
    private static ref bool WaitsForDebt => ref ConsoleState.Now.GuestConsoleWaitsForDebt;

    /// <summary>Whether there is room for such a ring now, and only the budget of the last go was used up.</summary>
    public static bool MayGoOn => IsHeldBack && TerminalLine.HasRoomForGuests && (!WaitsForDebt || Placement.AllIdle);

    /// <summary>The domain whose turn is next: who fills the line is not the first again.</summary>
    private static ref uint Turn => ref ConsoleState.Now.GuestConsoleTurn;

    /// <summary>Goes on with the rings that could not be emptied, where there is room now.</summary>
    public static void GoOn()
    {
        Terminal.Transmit();
        if (!TerminalLine.HasRoomForGuests)
            return;
        HypervisorConsole.TellLost();
        if (!IsHeldBack)
            return;
        IsHeldBack = WaitsForDebt = false;
        uint first = Turn;
        DrainFrom(first, uint.MaxValue);
        DrainFrom(0, first);
        WaitsForDebt &= !IsHeldBack;
        IsHeldBack |= WaitsForDebt;
    }

    /// <summary>
    /// While others run, a ring is not emptied faster than its domain pays for: one that sleeps while an accomplice fills its ring never would.
    /// </summary>
    private static void DrainFrom(uint id, uint end)
    {
        while (!IsHeldBack && TryFindHeldBack(id, out uint found) && found < end)
        {
            id = Turn = found + 1;
            if (!DomainTable.TryFind((ushort)found, out Link<Domain> domain))
                NoteHeldBack(found, false);
            else if (!Placement.AllIdle && Account.Owes(ref domain.Value))
                WaitsForDebt = true;
            else
                DrainFor(ref domain.Value);
        }
    }

    private static void DrainFor(ref Domain domain)
    {
        ulong begun = SystemTime.Now;
        Drain(ref domain);
        Account.Note(ref domain, begun);
    }

    /// <summary>The domains, a bit each, whose rings could not be emptied: nobody's time goes into looking at those of all others.</summary>
    private static ref IdSet HeldBack => ref ConsoleState.Now.GuestConsoleHeldBack;

    private const int IdsPerWord = 64, IdWords = DomainTable.Capacity / IdsPerWord;

    /// <summary>A bit for each id that a domain can have.</summary>
    [InlineArray(IdWords)]
    public struct IdSet
    {
        private ulong element;
    }

    private static void NoteHeldBack(uint id, bool isHeldBack)
    {
        ref ulong word = ref HeldBack[(int)(id / IdsPerWord)];
        ulong bit = 1ul << (int)(id % IdsPerWord);
        word = isHeldBack ? word | bit : word & ~bit;
        if (isHeldBack)
            IsHeldBack = true;
    }

    private static bool TryFindHeldBack(uint from, out uint found)
    {
        int place = (int)(from / IdsPerWord);
        ulong bits = place < IdWords ? HeldBack[place] & ulong.MaxValue << (int)(from % IdsPerWord) : 0;
        while (bits == 0 && ++place < IdWords)
            bits = HeldBack[place];
        found = (uint)(place * IdsPerWord + BitOperations.TrailingZeroCount(bits));
        return bits != 0;
    }

    /// <summary>
    /// Takes what the guest has written and puts it on the terminal. What the line has no room for stays in the ring, and what the present call's
    /// budget does not pay for: a byte can be a line.
    /// </summary>
    public static void Drain(ref Domain domain) => Drain(ref domain, last: false);

    private static void Drain(ref Domain domain, bool last)
    {
        if (domain.Console.Frame.Value == 0)
            return;
        ref ConsoleRing ring = ref RingOf(ref domain);
        uint consumer = Volatile.Read(ref ring.OutConsumer), producer = Volatile.Read(ref ring.OutProducer);
        uint waiting = unchecked(producer - consumer);
        NoteHeldBack(domain.Id, false);
        if (waiting == 0)
            return;
        if (waiting > OutputBytes)
            (waiting, consumer) = (OutputBytes, unchecked(producer - OutputBytes));
        uint first = consumer;
        for (; waiting > 0 && TerminalLine.HasRoomFor(last) && !Preemption.IsDue; waiting--, consumer = unchecked(consumer + 1))
            Take(ref domain, ring.Out[(int)(consumer % OutputBytes)]);
        NoteHeldBack(domain.Id, waiting > 0);
        Volatile.Write(ref ring.OutConsumer, consumer);
        if (domain.Console.Port != 0 && consumer != first)
            EventChannels.Raise(ref domain, domain.Console.Port);
    }

    /// <summary>Puts on the terminal what the guest has written, as much as there is room for; the rest goes on like any guest's.</summary>
    public static void ShowLastWords(ref Domain domain)
    {
        Drain(ref domain, last: true);
        if (TerminalLine.HasRoomForLine)
            Flush(ref domain);
    }

    /// <summary>
    /// Whether last words of a dying domain still wait for a line that moves: its ring is kept until then, but not for ever, since it may be another
    /// guest's to write too.
    /// </summary>
    public static bool IsSpeaking(in Domain domain)
    {
        if (domain.Console.Frame.Value == 0 || (HeldBack[domain.Id / IdsPerWord] >> domain.Id % IdsPerWord & 1) == 0)
            return false;
        ref ConsoleRing ring = ref DirectMap.At<ConsoleRing>(domain.Console.Frame.Address);
        return Volatile.Read(ref ring.OutConsumer) != Volatile.Read(ref ring.OutProducer)
            && SystemTime.Since(domain.Teardown.Since) < LongestSpeech && !TerminalLine.IsStuck;
    }

    private static void Take(ref Domain domain, byte letter)
    {
        if (domain.Console.Line.Keep(letter))
            Flush(ref domain);
        else if (!HasUnfinished && KeyboardFocus.IsFor(ref domain))
        {
            HasUnfinished = true;
            ConsoleState.Now.GuestConsoleUnfinishedSince = SystemTime.Now;
        }
    }

    /// <summary>Whether the domain that has the keyboard has written the beginning of a line.</summary>
    public static bool HasUnfinished
    {
        get => Speech.IsDueFrom(Speaker.Unfinished);
        private set => Speech.Note(Speaker.Unfinished, value);
    }

    /// <summary>
    /// Shows an unfinished line, such as a prompt or an echo, of the domain that has the keyboard. Kernels write a line in pieces, between which
    /// others must not write; so it waits until the guest sleeps, or has run on for so long that nothing more will come.
    /// </summary>
    public static void ShowUnfinished()
    {
        if (!KeyboardFocus.TryFindOwner(out Link<Domain> owner))
            HasUnfinished = false;
        else if (!owner.Value.Vcpu(0).IsRunnable || SystemTime.Since(ConsoleState.Now.GuestConsoleUnfinishedSince) > LongestWait)
            Flush(ref owner.Value);
    }

    /// <summary>
    /// Writes out what a domain had written of a line before it got the keyboard: the initial domain's is not for the whole terminal.
    /// </summary>
    public static void FlushHeld(ref Domain domain) =>
        Flush(ref domain, domain.Rights.IsInitial ? TerminalRights.Text : TerminalRights.Editing);

    /// <summary>Writes out the unfinished line.</summary>
    private static void Flush(ref Domain domain) => Flush(ref domain, RightsOf(ref domain));

    private static void Flush(ref Domain domain, TerminalRights rights)
    {
        Span<byte> prefix = Scratch.Zeroed(stackalloc byte[40]);
        int length = 0;
        if (!domain.Rights.IsInitial)
        {
            prefix[0] = (byte)'(';
            domain.NameText.CopyTo(prefix[1..]);
            length = domain.NameLength + 3;
            prefix[length - 2] = (byte)')';
            prefix[length - 1] = (byte)' ';
        }
        HypervisorConsole.WriteGuest(domain.Id, rights, prefix[..length], domain.Console.Line.Text);
        domain.Console.Line.Clear();
        HasUnfinished = HasUnfinished && !KeyboardFocus.IsFor(ref domain);
    }

    private static TerminalRights RightsOf(ref Domain domain)
    {
        if (!KeyboardFocus.IsFor(ref domain))
            return TerminalRights.Text;
        return domain.Rights.IsInitial ? TerminalRights.All : TerminalRights.Editing;
    }

    /// <summary>Writes bytes of a guest that do not come through its ring (CONSOLEIO_write).</summary>
    public static void Write(ref Domain domain, ReadOnlySpan<byte> text)
    {
        foreach (byte letter in text)
            Take(ref domain, letter);
    }

    /// <summary>Gives a typed byte to the guest; one that its full ring has no room for is lost.</summary>
    public static void Type(ref Domain domain, byte letter)
    {
        if (domain.Console.Frame.Value == 0 || domain.Console.Port == 0)
            return;
        ref ConsoleRing ring = ref RingOf(ref domain);
        uint producer = Volatile.Read(ref ring.InProducer);
        if (unchecked(producer - Volatile.Read(ref ring.InConsumer)) >= InputBytes)
            return;
        ring.In[(int)(producer % InputBytes)] = letter;
        Volatile.Write(ref ring.InProducer, unchecked(producer + 1));
        EventChannels.Raise(ref domain, domain.Console.Port);
    }
}
