using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Interrupts;

/// <summary>What a step of a history of interrupts does.</summary>
internal enum InterruptDeed
{
    Map,
    Unmap,
    SetUp,
    Bind,
    Close,
    Move,
    Serve,
    End,
    Page,
    Reset,
    Die,
}

/// <summary>One step: a number of an IRQ and another that chooses the rest.</summary>
internal readonly record struct InterruptStep(InterruptDeed Deed, uint Irq, uint A)
{
    private static readonly int[] weights = [120, 20, 40, 120, 30, 400, 150, 200, 5, 3, 2];

    /// <summary>A step by chance.</summary>
    public static InterruptStep Draw(Random random)
    {
        int choice = random.Next(weights.Sum()), deed = 0;
        while ((choice -= weights[deed]) >= 0)
            deed++;
        return new((InterruptDeed)deed, (uint)random.Next(3, 12), (uint)random.Next());
    }
}

/// <summary>
/// The initial domain, its devices, and a model of both that knows nothing of tables: after each step every line is masked exactly when the model
/// says so, and every event that the model knows of waits.
/// </summary>
internal sealed class InterruptWorld
{
    private const uint Console = 4;

    private sealed class Irq
    {
        public uint Line, Port;
        public bool IsUnmapped;
    }

    private sealed class Line
    {
        public bool IsLevel, IsSetUp, IsAsserted, IsAwaited;
    }

    private readonly Dictionary<uint, Irq> irqs = [];
    private readonly Line[] lines = [.. Enumerable.Range(0, (int)IoApic.LineLimit).Select(it => new Line { IsLevel = it >= 16 })];
    private readonly HashSet<uint> pending = [];
    private readonly Table<ulong> recount;
    private InterruptGuest guest;
    private bool hasPage;
    private int lives;

    public InterruptWorld()
    {
        TestMachine.Start();
        Assert.True(FrameAllocator.TryTake(3, out Mfn memory));
        recount = new Table<ulong>(memory.Address, FrameTable.All.Length);
        guest = new InterruptGuest("zero");
    }

    /// <summary>Interrupts that the processor has taken.</summary>
    public int Taken { get; private set; }

    private Irq? BoundTo(uint line) => irqs.Values.FirstOrDefault(it => it.Line == line && it.Port != 0 && !it.IsUnmapped);

    /// <summary>Does a step on both sides, and compares.</summary>
    public void Do(InterruptStep step)
    {
        uint irq = step.Irq, line = step.A % 8 == 0 ? step.A / 8 % 26 : irq;
        switch (step.Deed)
        {
            case InterruptDeed.Map: Map((int)irq, line); break;
            case InterruptDeed.Unmap: Unmap(irq); break;
            case InterruptDeed.SetUp: SetUp(line, step.A / 8 % 2 == 0); break;
            case InterruptDeed.Bind: Bind(irq); break;
            case InterruptDeed.Close: Close(irq); break;
            case InterruptDeed.Move: Move(line % (uint)lines.Length, step.A / 8 % 2 == 0); break;
            case InterruptDeed.Serve: Serve(irq, step.A / 8 % 2 == 0); break;
            case InterruptDeed.End: End(irq); break;
            case InterruptDeed.Page: hasPage |= guest.GivePage() == Errno.None; break;
            case InterruptDeed.Reset: CloseAll(() => guest.Reset()); break;
            case InterruptDeed.Die: Die(); break;
        }
        int taken = InterruptGuest.TakeAll();
        Assert.InRange(taken, 0, 2);
        Taken += taken;
        Look();
    }

    private void Map(int irq, uint line)
    {
        bool isNumbered = irqs.Values.Any(it => it.Line == line);
        bool isSame = irqs.GetValueOrDefault((uint)irq) is { IsUnmapped: false } its && its.Line == line;
        bool isBusy = irqs.GetValueOrDefault((uint)irq) is { IsUnmapped: true };
        Errno expected = line >= IoApic.LineLimit ? Errno.Inval : line == 0 ? Errno.Perm : isNumbered && !isSame ? Errno.Exist
            : isBusy ? Errno.Busy : Errno.None;
        Assert.Equal((expected, irq), guest.Map((int)line, irq));
        if (expected == Errno.None)
            irqs.TryAdd((uint)irq, new Irq { Line = line });
    }

    private void Unmap(uint irq)
    {
        bool isMapped = irqs.TryGetValue(irq, out Irq? its) && !its.IsUnmapped;
        Assert.Equal(isMapped ? Errno.None : Errno.Inval, guest.Unmap((int)irq));
        if (!isMapped)
            return;
        its!.IsUnmapped = true;
        lines[its.Line].IsAwaited = false;
        if (its.Port == 0)
            irqs.Remove(irq);
    }

    private void SetUp(uint line, bool level)
    {
        bool isLine = line < lines.Length;
        bool isTaken = isLine && (line == Console || lines[line].IsSetUp || BoundTo(line) is not null);
        Assert.Equal(!isLine ? Errno.Inval : isTaken ? Errno.Exist : Errno.None, guest.SetUp((int)line, level));
        if (isLine && !isTaken)
            (lines[line].IsLevel, lines[line].IsSetUp) = (level, true);
    }

    private void Bind(uint irq)
    {
        Irq? its = irqs.GetValueOrDefault(irq);
        Errno expected = its is null or { IsUnmapped: true } ? Errno.Perm : its.Port != 0 ? Errno.Exist
            : its.Line == Console ? Errno.Busy : Errno.None;
        (Errno error, uint port) = guest.Bind(irq);
        Assert.Equal(expected, error);
        if (error != Errno.None)
            return;
        its!.Port = port;
        Settle(its.Line);
    }

    private void Close(uint irq)
    {
        if (irqs.GetValueOrDefault(irq) is not { Port: not 0 } its)
            return;
        Assert.Equal(Errno.None, guest.Close(its.Port));
        Forget(irq, its);
    }

    private void Forget(uint irq, Irq its)
    {
        pending.Remove(its.Port);
        its.Port = 0;
        if (its.IsUnmapped)
            irqs.Remove(irq);
        else
            lines[its.Line].IsAwaited = false;
    }

    private void CloseAll(Action how)
    {
        foreach ((uint irq, Irq its) in irqs.Where(it => it.Value.Port != 0).ToArray())
            Forget(irq, its);
        how();
    }

    private void Die()
    {
        CloseAll(guest.Die);
        irqs.Clear();
        hasPage = false;
        guest = new InterruptGuest($"life {++lives}");
    }

    private void Move(uint line, bool asserted)
    {
        bool rises = asserted && !lines[line].IsAsserted;
        IoApic.Move(line, asserted);
        lines[line].IsAsserted = asserted;
        if (rises && !lines[line].IsLevel && !lines[line].IsAwaited && BoundTo(line) is { } its)
            lines[line].IsAwaited = !pending.Add(its.Port);
        Settle(line);
    }

    // A level line that is bound, asserted and not masked interrupts now.
    private void Settle(uint line)
    {
        if (!lines[line].IsLevel || !lines[line].IsAsserted || lines[line].IsAwaited || BoundTo(line) is not { } its)
            return;
        lines[line].IsAwaited = true;
        pending.Add(its.Port);
    }

    private void Serve(uint irq, bool quiets)
    {
        if (irqs.GetValueOrDefault(irq) is not { Port: not 0 } its)
            return;
        Assert.Equal(pending.Remove(its.Port), guest.Take(its.Port));
        if (quiets)
            Move(its.Line, false);
    }

    private void End(uint irq)
    {
        Irq? its = irqs.GetValueOrDefault(irq);
        Assert.Equal(its is null ? Errno.Inval : Errno.None, guest.End(irq));
        if (its is not { Port: not 0, IsUnmapped: false } || !lines[its.Line].IsAwaited)
            return;
        lines[its.Line].IsAwaited = false;
        if (!lines[its.Line].IsLevel)
            pending.Add(its.Port);
        Settle(its.Line);
    }

    private void Look()
    {
        for (uint line = 0; line < lines.Length; line++)
        {
            bool isOpen = line == Console || (BoundTo(line) is not null && !lines[line].IsAwaited);
            Assert.Equal(!isOpen, IoApic.IsMasked(line));
        }
        foreach ((uint irq, Irq its) in irqs)
        {
            Assert.Equal(its.Port != 0 && pending.Contains(its.Port), its.Port != 0 && guest.IsPending(its.Port));
            if (hasPage)
                Assert.Equal(its.Port != 0 && !its.IsUnmapped && (lines[its.Line].IsLevel || lines[its.Line].IsAwaited), guest.MustEnd(irq));
        }
    }

    /// <summary>The frames' counts are what a walk finds.</summary>
    public void Recount() => Assert.Equal(0ul, InvariantWalk.Count(recount, out _));
}
