using System;
using System.Collections.Generic;
using System.Linq;

using FsCheck;
using FsCheck.Fluent;

using Serai.Abi;
using Serai.Machine.Firmware;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>Maps of memory in any order, with entries over each other: what anybody calls something else is no RAM.</summary>
public sealed class SoundMapTests
{
    private static E820Entry Entry(ulong start, ulong end, uint type) => new() { Address = start, Size = end - start, Type = (E820Type)type };

    private static E820Entry[] Make(E820Entry[] told, int room = 256)
    {
        var sound = new E820Entry[room];
        return [.. sound.Take(SoundMap.Make(told, sound))];
    }

    private static uint TypeAt(IEnumerable<E820Entry> map, ulong place)
        => map.Where(entry => entry.Address <= place && place - entry.Address < entry.Size).Select(entry => (uint)entry.Type).DefaultIfEmpty().Max();

    [Fact]
    public void AReservedPlaceInRamIsReserved()
        => Assert.Equal(
            [Entry(0, 0x3000, 1), Entry(0x3000, 0x4000, 2), Entry(0x4000, 0x9000, 1), Entry(0x9000, 0xa000, 3)],
            Make([Entry(0x9000, 0xa000, 3), Entry(0, 0x9000, 1), Entry(0x3000, 0x4000, 2)]));

    [Fact]
    public void RamThatIsToldTwiceIsThereOnce()
        => Assert.Equal([Entry(0x1000, 0x9000, 1)], Make([Entry(0x1000, 0x5000, 1), Entry(0x1000, 0x5000, 1), Entry(0x4000, 0x9000, 1)]));

    [Fact]
    public void TheEndOfAllAddressesCanBeReached()
        => Assert.Equal([Entry(0x1000, ulong.MaxValue, 2)], Make([Entry(0x1000, ulong.MaxValue, 2), Entry(0x5000, ulong.MaxValue, 1)]));

    /// <summary>Where there is no room for an entry, it and all behind it are left out, RAM or not.</summary>
    [Fact]
    public void WhatThereIsNoRoomForIsNoRam()
        => Assert.Equal([Entry(0, 10, 1), Entry(20, 30, 2)], Make([Entry(0, 10, 1), Entry(40, 50, 1), Entry(20, 30, 2)], room: 2));

    /// <summary>Every place has the greatest of the types that it was told to have, and the entries are in order and apart.</summary>
    [Fact]
    public void EveryPlaceHasItsType()
    {
        Gen<E820Entry> entries = from start in Gen.Choose(0, 40)
            from length in Gen.Choose(1, 20)
            from type in Gen.Choose(1, 6)
            select Entry((ulong)start, (ulong)(start + length), (uint)type);
        Prop.ForAll(entries.ArrayOf().ToArbitrary(), told =>
        {
            E820Entry[] sound = Make(told);
            bool inOrder = sound.Zip(sound.Skip(1)).All(pair => pair.First.Address + pair.First.Size <= pair.Second.Address);
            return inOrder && Enumerable.Range(0, 64).All(place => TypeAt(told, (ulong)place) == TypeAt(sound, (ulong)place));
        })
        .QuickCheckThrowOnFailure();
    }
}
