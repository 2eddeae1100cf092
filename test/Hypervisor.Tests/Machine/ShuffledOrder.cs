using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>
/// With SERAI_ORDER set to a number, the tests begin in an order that the number draws, classes and the tests of each; without, in that of the
/// sources. A test that finds what another has left behind would otherwise be found by chance only.
/// </summary>
public sealed class ShuffledOrder : ITestCaseOrderer, ITestCollectionOrderer
{
    private static readonly string? wanted = Environment.GetEnvironmentVariable("SERAI_ORDER");

    /// <inheritdoc/>
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => Shuffled(testCases, testCases.First().TestMethod.TestClass.Class.Name);

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => Shuffled(testCollections, "");

    // Classes come to this in any order, beside each other: what is drawn for one depends on its name.
    private static IEnumerable<T> Shuffled<T>(IEnumerable<T> all, string name)
    {
        T[] items = [.. all];
        if (int.TryParse(wanted, CultureInfo.InvariantCulture, out int seed))
            new Random(name.Aggregate(seed, (sum, letter) => unchecked(sum * 31 + letter))).Shuffle(items);
        return items;
    }
}
