using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>
/// With SERAI_ORDER set to a number, the tests run in an order that the number draws; without, in that of the sources. All stand on one simulated
/// machine, so a test that leaves something behind in it would otherwise be found by chance only.
/// </summary>
public sealed class ShuffledOrder : ITestCaseOrderer, ITestCollectionOrderer
{
    private static readonly Random? random =
        int.TryParse(Environment.GetEnvironmentVariable("SERAI_ORDER"), CultureInfo.InvariantCulture, out int seed) ? new Random(seed) : null;

    /// <inheritdoc/>
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => Shuffled(testCases);

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => Shuffled(testCollections);

    private static IEnumerable<T> Shuffled<T>(IEnumerable<T> all)
    {
        T[] items = [.. all];
        random?.Shuffle(items);
        return items;
    }
}
