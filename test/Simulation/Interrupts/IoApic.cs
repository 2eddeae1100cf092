using System;
using System.Collections.Generic;

using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Interrupts;

/// <summary>
/// One I/O APIC of 24 lines, as the 82093AA behaves: an edge while its line is masked is lost; a level is sent once, and again only when the
/// interrupt was ended, its line is not masked and still asserted. Tests move the lines and take the interrupts.
/// </summary>
public static class IoApic
{
    internal sealed class Entry
    {
        public uint Vector, Identifier;
        public bool IsLevel, IsActiveLow, IsAsserted, IsSent, IsMasked = true;
    }

    /// <summary>Lines that there can be.</summary>
    public const uint MaximumLines = 256;

    /// <summary>The highest APIC identifier that a line can be sent to.</summary>
    public const uint HighestTarget = 254;

    private const uint Count = 24;
    private const ulong Address = 0xfec0_0000;

    internal sealed class State
    {
        public readonly Queue<uint> Sent = [];
        public Entry[] Entries = [];
        public bool IsAbsent;
    }

    private static State My => SimulatedMachine.Present.IoApic;

    /// <summary>All lines have numbers below this one.</summary>
    public static uint LineLimit => IsAbsent ? 0 : Count;

    /// <summary>A test's machine without the chip, until the next start.</summary>
    public static ref bool IsAbsent => ref My.IsAbsent;

    /// <summary>Masks all lines.</summary>
    public static void Initialise()
    {
        IsAbsent = false;
        My.Sent.Clear();
        My.Entries = new Entry[Count];
        for (int line = 0; line < My.Entries.Length; line++)
            My.Entries[line] = new Entry();
    }

    /// <summary>There is one.</summary>
    public static uint ChipCount => 1;

    /// <summary>The frame that holds its registers.</summary>
    public static Mfn FrameOf(uint chip) => Mfn.Of(new(Address));

    /// <summary>Whether it has that line.</summary>
    public static bool Exists(uint line) => line < LineLimit;

    /// <summary>Sends a line to a vector; it is masked now.</summary>
    public static void Route(uint line, uint vector, uint identifier, bool level, bool activeLow)
    {
        Entry entry = My.Entries[line];
        (entry.Vector, entry.Identifier, entry.IsLevel, entry.IsActiveLow, entry.IsMasked) = (vector, identifier, level, activeLow, true);
    }

    /// <summary>Lets a line's interrupts come.</summary>
    public static void Unmask(uint line)
    {
        My.Entries[line].IsMasked = false;
        SendLevel(My.Entries[line]);
    }

    /// <summary>Keeps them away.</summary>
    public static void Mask(uint line) => My.Entries[line].IsMasked = true;

    /// <summary>Reads a register.</summary>
    public static bool TryRead(ulong address, uint register, out uint value)
    {
        bool exists = address == Address && (register <= 2 || TryLineOf(address, register, out _));
        value = exists && register == 1 ? (Count - 1) << 16 | 0x20 : 0;
        return exists;
    }

    /// <summary>The line that a register is about.</summary>
    public static bool TryLineOf(ulong address, uint register, out uint line)
    {
        line = unchecked(register - 0x10) / 2;
        return address == Address && line < Count;
    }

    /// <summary>Whether a line is masked.</summary>
    public static bool IsMasked(uint line) => My.Entries[line].IsMasked;

    /// <summary>Whether a line is of the level kind, and whether it is asserted low, as its entry says.</summary>
    public static (bool IsLevel, bool IsActiveLow) KindOf(uint line) => (My.Entries[line].IsLevel, My.Entries[line].IsActiveLow);

    /// <summary>A device moves its line.</summary>
    public static void Move(uint line, bool asserted)
    {
        Entry entry = My.Entries[line];
        bool rises = asserted && !entry.IsAsserted;
        entry.IsAsserted = asserted;
        if (entry.IsLevel)
            SendLevel(entry);
        else if (rises && !entry.IsMasked)
            My.Sent.Enqueue(entry.Vector);
    }

    private static void SendLevel(Entry entry)
    {
        if (!entry.IsLevel || entry.IsMasked || !entry.IsAsserted || entry.IsSent)
            return;
        entry.IsSent = true;
        My.Sent.Enqueue(entry.Vector);
    }

    /// <summary>The processor takes the next interrupt that was sent, does what it does, and ends it; false where none was.</summary>
    public static bool TryTake(Action<uint> handle)
    {
        if (!My.Sent.TryDequeue(out uint vector))
            return false;
        handle(vector);
        foreach (Entry entry in My.Entries)
        {
            if (!entry.IsLevel || entry.Vector != vector || !entry.IsSent)
                continue;
            entry.IsSent = false;
            SendLevel(entry);
        }
        return true;
    }
}
