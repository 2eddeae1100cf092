using System;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>What a step of a history does; the numbers beside it choose its arguments (<see cref="MemoryWorld"/>).</summary>
internal enum Deed
{
    UpdateEntry,
    UpdateBatch,
    UpdateMapping,
    Extended,
    MakeTable,
    MakeTree,
    SetGdt,
    UpdateDescriptor,
    Decrease,
    Increase,
    Populate,
    Exchange,
    EmulatedWrite,
    RegisterInfo,
    Initialise,
    SetLocal,
    UseLocal,
    Touch,
    Scribble,
    Enter,
    OpenPort,
    SetUpGrants,
    Multicall,
    LetGo,
    Resume,
    Scrub,
    Crash,
    Reap,
    Choose,
    Tick,
    UserMode,
    Sleep,
    OtherVcpu,
    Port,
    PortOfOthers,
    Fifo,
    CleanTable,
    Offer,
    MapGrant,
    UnmapGrant,
    CopyGrant,
    TransferFrame,
    SwapGrants,
    GiveContext,
    ExchangeBlocks,
    Extents,
}

/// <summary>One step: the deed, the guest that does it, and three numbers from which its arguments follow.</summary>
internal readonly record struct MemoryStep(Deed Deed, int Guest, uint A, uint B, uint C)
{
    /// <summary>Steps from one death to the next, by chance.</summary>
    public const int UsualLife = 150;

    private static readonly (Deed Deed, int Weight)[] weights =
    [
        (Deed.UpdateEntry, 16), (Deed.UpdateBatch, 4), (Deed.UpdateMapping, 16), (Deed.Extended, 14), (Deed.MakeTable, 12), (Deed.MakeTree, 5),
        (Deed.SetGdt, 3),
        (Deed.UpdateDescriptor, 3), (Deed.Decrease, 6), (Deed.Increase, 3), (Deed.Populate, 4), (Deed.Exchange, 3), (Deed.EmulatedWrite, 8),
        (Deed.RegisterInfo, 1), (Deed.Initialise, 2), (Deed.SetLocal, 2), (Deed.UseLocal, 3), (Deed.Touch, 8), (Deed.Scribble, 6), (Deed.Enter, 6),
        (Deed.OpenPort, 2), (Deed.SetUpGrants, 1), (Deed.Multicall, 4), (Deed.LetGo, 2), (Deed.Resume, 6), (Deed.Scrub, 4),
        (Deed.GiveContext, 6), (Deed.ExchangeBlocks, 5), (Deed.Extents, 4),
    ];

    private static readonly (Deed Deed, int Weight)[] weightsOfMany =
    [
        .. weights, (Deed.Choose, 8), (Deed.Tick, 4), (Deed.UserMode, 6), (Deed.Sleep, 3), (Deed.OtherVcpu, 3), (Deed.Port, 10),
        (Deed.PortOfOthers, 4), (Deed.Fifo, 2), (Deed.CleanTable, 20),
        (Deed.Offer, 14), (Deed.MapGrant, 12), (Deed.UnmapGrant, 8), (Deed.CopyGrant, 4), (Deed.TransferFrame, 4), (Deed.SwapGrants, 1),
    ];

    /// <summary>
    /// A step by chance where there are several processors; `Guest` then means a processor. Of so many steps one ends a domain, when `deaths` says
    /// so.
    /// </summary>
    public static MemoryStep DrawOfMany(Random random, bool deaths, int life = UsualLife)
    {
        int total = 0;
        foreach ((_, int weight) in weightsOfMany)
            total += weight;
        int choice = random.Next(total);
        Deed deed = deaths && random.Next(life) == 0 ? Deed.Crash : deaths && random.Next(20) == 0 ? Deed.Reap : Choose(weightsOfMany, choice);
        return new MemoryStep(deed, random.Next(64), Number(random), Number(random), Number(random));
    }

    /// <summary>A step by chance; in a thousand there are a few that end a domain, when `deaths` says so.</summary>
    public static MemoryStep Draw(Random random, bool deaths)
    {
        int total = 0;
        foreach ((_, int weight) in weights)
            total += weight;
        int choice = random.Next(total);
        Deed deed = deaths && random.Next(150) == 0 ? Deed.Crash : deaths && random.Next(20) == 0 ? Deed.Reap : Choose(weights, choice);
        return new MemoryStep(deed, random.Next(4), Number(random), Number(random), Number(random));
    }

    /// <summary>A step by chance of a guest that knows what its sibling is about, and is about to change it.</summary>
    public static MemoryStep DrawMeddling(Random random)
    {
        Deed[] meddling =
        [
            Deed.UpdateEntry, Deed.UpdateEntry, Deed.UpdateMapping, Deed.UpdateMapping, Deed.Extended, Deed.Extended, Deed.SetGdt,
            Deed.UpdateDescriptor, Deed.Decrease, Deed.Extents, Deed.ExchangeBlocks, Deed.Initialise, Deed.GiveContext, Deed.OtherVcpu,
            Deed.Resume, Deed.MakeTable,
        ];
        return new MemoryStep(meddling[random.Next(meddling.Length)], random.Next(64), Number(random), Number(random), Number(random));
    }

    private static Deed Choose((Deed Deed, int Weight)[] among, int choice)
    {
        foreach ((Deed deed, int weight) in among)
        {
            if ((choice -= weight) < 0)
                return deed;
        }
        return Deed.Touch;
    }

    private static uint Number(Random random) => (uint)random.NextInt64(1L << 32);

    /// <inheritdoc/>
    public override string ToString() => $"new(Deed.{Deed}, {Guest}, {A}, {B}, {C}),";
}
