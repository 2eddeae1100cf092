using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>
/// What the hypervisor writes into guests' frames: whatever it is asked for, each frame whose bytes have changed was named, or is one of those that
/// it shares with its guest all the time.
/// </summary>
public sealed class WrittenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void WhateverIsWrittenIsNamed(int seed)
    {
        var world = new MemoryWorld();
        var before = new byte[Arena.Length];
        foreach (MemoryStep step in History.Draw(seed, length: 1000, deaths: false))
        {
            HashSet<ulong> shared = Shared();
            ushort[] owners = Owners();
            Arena.Slice(0, Arena.Length).CopyTo(before);
            Written.Frames = [];
            world.Do(step);
            shared.UnionWith(Written.Frames);
            Written.Frames = null;
            shared.UnionWith(Shared());
            for (int number = 0; number < owners.Length; number++)
            {
                bool guests = owners[number] < DomainIds.FirstReserved || FrameTable.All[(ulong)number].Owner < DomainIds.FirstReserved;
                if (guests && FrameTable.All[(ulong)number].Owner != DomainIds.Invalid && !shared.Contains((ulong)number))
                    Assert.True(IsAsBefore(number, before), $"frame {number:x}: {step}");
            }
        }
    }

    /// <summary>An entry that is compared and exchanged, which histories come to only where a guest's write is raced.</summary>
    [Fact]
    public void AnEntryThatIsExchangedIsNamed()
    {
        TestMachine.Start();
        var guest = new TinyGuest("guest");
        guest.Enter();
        Mfn table = guest.Frames[3];
        ref ulong slot = ref Arena.Words(table)[20];
        Written.Frames = [];
        Assert.Equal(Errno.None, Level1Entries.ReplaceExact(ref slot, 0, ref guest.Domain, slot));
        Assert.Contains(table.Value, Written.Frames);
        Written.Frames = null;
    }

    /// <summary>Whether a frame's words are what they were, but for the bits that the processor itself sets in tables as it walks them.</summary>
    private static bool IsAsBefore(int number, byte[] before)
    {
        const ulong processors = PageTableEntry.Accessed | PageTableEntry.Dirty;
        Span<ulong> now = Arena.Words(new Mfn((ulong)number));
        Span<ulong> then = MemoryMarshal.Cast<byte, ulong>(before.AsSpan(number << Mfn.Shift, (int)Mfn.Size));
        for (int word = 0; word < now.Length; word++)
        {
            if (((now[word] ^ then[word]) & ~processors) != 0)
                return false;
        }

        return true;
    }

    private static ushort[] Owners()
    {
        var owners = new ushort[FrameTable.All.Length];
        for (ulong number = 0; number < FrameTable.All.Length; number++)
            owners[number] = FrameTable.All[number].Owner;
        return owners;
    }

    /// <summary>What the domains share with the hypervisor all the time.</summary>
    private static HashSet<ulong> Shared()
    {
        var shared = new HashSet<ulong>();
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> link); id = link.Value.Id + 1u)
        {
            ref Domain domain = ref link.Value;
            ulong map = domain.Interrupts.EoiMapFrame.Value;
            shared.UnionWith([domain.SharedInfoFrame.Value, domain.Console.Frame.Value, domain.Store.Frame.Value, map]);
            for (int index = 0; index < domain.Grants.FrameCount; index++)
                shared.Add(domain.Grants[index].Value);
            for (uint page = 0; page < domain.Events.WordPages; page++)
                shared.Add(domain.Events.WordFrame(page).Value);
            for (uint number = 0; number < domain.VcpuCount; number++)
                shared.UnionWith([domain.Vcpu(number).Events.InfoFrame.Value, domain.Vcpu(number).Events.Fifo.ControlFrame.Value]);
        }

        return shared;
    }
}
