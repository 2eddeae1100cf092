using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>
/// The guest's side of both forms, by the public headers: masks, event words and queues in a tiny guest's own frames. Only memory that the guest
/// shares is touched, and only as a guest on another processor may touch it; so it may run in a thread of its own.
/// </summary>
internal sealed class ConsumingGuest(TinyGuest guest)
{
    /// <summary>The frame of the control blocks, 128 bytes each, and the first of those for event words.</summary>
    public const int ControlFrame = 11, FirstWords = 14, WordPages = 6;

    private const uint Pending = 1u << EventFifo.Pending, Masked = 1u << EventFifo.Masked, Linked = 1u << EventFifo.Linked,
        Busy = 1u << EventFifo.Busy;

    private readonly Dictionary<(uint Vcpu, int Priority), uint> heads = [];
    private readonly Link<SharedInfo> shared = guest.Domain.SharedInfo;

    private uint pages;

    /// <summary>Whether it has chosen the FIFO form.</summary>
    public bool IsFifo { get; private set; }

    private ref EventFifoControlBlock Control(uint vcpu)
        => ref DirectMap.At<EventFifoControlBlock>(guest.Frames[ControlFrame].Address + vcpu * 128);

    /// <summary>A port's event word.</summary>
    public ref uint Word(uint port) => ref DirectMap.At<uint>(guest.Frames[FirstWords + (int)(port / 1024)].Address + port % 1024 * 4);

    private Errno Ask<T>(EventChannelCommand command, T record) where T : unmanaged
        => (Errno)(-guest.Ask(Hypercall.EventChannelOp, (ulong)command, record).Result);

    /// <summary>Gives a virtual CPU's control block.</summary>
    public Errno InitControl(uint vcpu)
    {
        Errno error = Ask(EventChannelCommand.InitControl,
            new EventInitControl { ControlFrame = guest.Frames[ControlFrame].Value, Offset = vcpu * 128, Vcpu = vcpu });
        IsFifo |= error == Errno.None;
        return error;
    }

    /// <summary>Gives the next page of event words.</summary>
    public Errno Expand(bool masked)
    {
        Mfn frame = guest.Frames[FirstWords + (int)pages];
        DirectMap.Frame(frame).Clear();
        for (uint word = 0; masked && word < 1024; word++)
            DirectMap.At<uint>(frame.Address + word * 4) = Masked;
        Errno error = Ask(EventChannelCommand.ExpandArray, new EventExpandArray { ArrayFrame = frame.Value });
        pages += error == Errno.None ? 1u : 0;
        return error;
    }

    /// <summary>After a reset nothing of the FIFO form is left.</summary>
    public void Forget()
    {
        IsFifo = false;
        pages = 0;
        heads.Clear();
        DirectMap.Frame(guest.Frames[ControlFrame]).Clear();
    }

    /// <summary>Masks a port; false where it has no word.</summary>
    public bool Mask(uint port)
    {
        if (!IsFifo)
            Interlocked.Or(ref shared.Value.EventMask[(int)(port / 64)], 1ul << (int)(port % 64));
        else if (port / 1024 < pages)
            Interlocked.Or(ref Word(port), Masked);
        return !IsFifo || port / 1024 < pages;
    }

    /// <summary>Unmasks a port of the FIFO form; true where it was pending, and the hypervisor must be asked instead.</summary>
    public bool UnmaskFails(uint port)
    {
        ref uint word = ref Word(port);
        for (uint seen = Volatile.Read(ref word); (seen & Pending) == 0;)
        {
            uint found = Interlocked.CompareExchange(ref word, seen & ~(Masked | Busy), seen & ~Busy);
            if (found == (seen & ~Busy))
                return false;
            seen = found;
        }
        return true;
    }

    /// <summary>Takes all that a virtual CPU is told of.</summary>
    public List<uint> Take(uint vcpu)
    {
        guest.Domain.Vcpu(vcpu).Info.Value.EventUpcallPending = 0;
        List<uint> told = [];
        if (IsFifo)
            TakeQueues(vcpu, told);
        else
            TakeWords(ref guest.Domain.Vcpu(vcpu).Info.Value, told);
        return told;
    }

    private void TakeWords(ref VcpuInfo info, List<uint> told)
    {
        ulong selector = Interlocked.Exchange(ref info.EventPendingSelector, 0);
        for (; selector != 0; selector &= selector - 1)
        {
            int index = BitOperations.TrailingZeroCount(selector);
            ulong bits = Volatile.Read(ref shared.Value.EventPending[index]) & ~shared.Value.EventMask[index];
            Interlocked.And(ref shared.Value.EventPending[index], ~bits);
            for (; bits != 0; bits &= bits - 1)
                told.Add((uint)(index * 64 + BitOperations.TrailingZeroCount(bits)));
        }
    }

    private void TakeQueues(uint vcpu, List<uint> told)
    {
        uint ready = Interlocked.Exchange(ref Control(vcpu).Ready, 0);
        while (ready != 0)
        {
            int priority = BitOperations.TrailingZeroCount(ready);
            uint port = heads.GetValueOrDefault((vcpu, priority));
            if (port == 0)
                port = Volatile.Read(ref Control(vcpu).Head[priority]);
            uint next = Unlink(ref Word(port));
            if (next == 0)
                ready &= ~(1u << priority);
            heads[(vcpu, priority)] = next;
            if ((Volatile.Read(ref Word(port)) & (Pending | Masked)) == Pending)
            {
                Interlocked.And(ref Word(port), ~Pending);
                told.Add(port);
            }
            ready |= Interlocked.Exchange(ref Control(vcpu).Ready, 0);
        }
    }

    private static uint Unlink(ref uint word)
    {
        uint seen = Volatile.Read(ref word);
        while (true)
        {
            uint found = Interlocked.CompareExchange(ref word, seen & ~(Linked | EventFifo.LinkMask), seen);
            if (found == seen)
                return seen & EventFifo.LinkMask;
            seen = found;
        }
    }
}
