using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Serai.Abi.Tests;

/// <summary>Every type of src/Abi is what the C headers of libxen-dev say.</summary>
public sealed class LayoutTests
{
    /// <summary>The names of all maps.</summary>
    public static TheoryData<string> Maps => [.. LayoutMap.All.Select(map => map.Name)];

    [Theory]
    [MemberData(nameof(Maps))]
    public void TheHeadersAgree(string map)
    {
        LayoutMap layout = LayoutMap.Read(map);
        HeaderFacts facts = HeaderProgram.Ask(layout);
        Assert.Empty(layout.Types.SelectMany(mapped => LayoutComparison.Differences(PublicTypes.Find(mapped.Name), mapped, facts)));
    }
}
