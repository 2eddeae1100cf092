using System;

namespace Serai.Hypervisor.Tests.Grants;

/// <summary>What a step of a history of grants does.</summary>
internal enum GrantDeed
{
    Offer,
    Map,
    Unmap,
    Copy,
    Transfer,
    Swap,
    Write,
    Touch,
    Pin,
    GiveUp,
    Die,
}

/// <summary>One step: the deed, the domain that does it, and numbers from which its arguments follow.</summary>
internal readonly record struct GrantStep(GrantDeed Deed, int Domain, uint A, uint B, uint C)
{
    private static readonly GrantDeed[] draw =
    [
        GrantDeed.Offer, GrantDeed.Offer, GrantDeed.Offer, GrantDeed.Offer, GrantDeed.Map, GrantDeed.Map, GrantDeed.Map, GrantDeed.Map, GrantDeed.Map,
        GrantDeed.Unmap, GrantDeed.Unmap, GrantDeed.Unmap, GrantDeed.Unmap, GrantDeed.Copy, GrantDeed.Copy, GrantDeed.Transfer, GrantDeed.Swap,
        GrantDeed.Write, GrantDeed.Write, GrantDeed.Write, GrantDeed.Touch, GrantDeed.Touch, GrantDeed.Pin, GrantDeed.GiveUp,
    ];

    /// <summary>A step by chance; deaths are rare.</summary>
    public static GrantStep Draw(Random random, bool deaths)
    {
        GrantDeed deed = deaths && random.Next(60) == 0 ? GrantDeed.Die : draw[random.Next(draw.Length)];
        return new GrantStep(deed, random.Next(4), Number(random), Number(random), Number(random));
    }

    private static uint Number(Random random) => (uint)random.NextInt64(1L << 32);

    /// <inheritdoc/>
    public override string ToString() => $"new(GrantDeed.{Deed}, {Domain}, {A}, {B}, {C}),";
}
