using System.Collections.Generic;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench.Plots;

/// <summary>The bars of a topic: beside native Linux where its rows run there, otherwise Serai's hypervisor beside Xen's.</summary>
public sealed class TopicChart(Results results, bool times)
{
    /// <summary>The picture, or null where there is nothing to compare.</summary>
    public string? Draw(string topic)
    {
        Row[] rows = [.. results.Rows.Where(row => row.Topic == topic)];
        BarGroup[] bare = [.. rows.Select(BesideNative).Where(group => group.Bars.Count > 0)];
        string what = times ? "time" : "instructions";
        if (bare.Length > 0)
            return new BarChart($"{topic}: {what} per operation", $"{what}, native Linux = 1", "native", bare).Draw();
        BarGroup[] hypervised = [.. rows.Select(BesideXen).Where(group => group.Bars.Count > 0)];
        return hypervised.Length == 0 ? null
            : new BarChart($"{topic}: instructions in the hypervisor per operation", "instructions, Xen = 1", "Xen", hypervised).Draw();
    }

    private BarGroup BesideNative(Row row)
    {
        if (results.Of(row, TargetSystem.Native) is not { } native || Whole(native) <= 0)
            return new BarGroup(row.Title, []);
        IEnumerable<Measured> others = results.Of(row).Where(found => found.System != TargetSystem.Native && Whole(found) > 0);
        return new BarGroup(row.Title, [.. others.Select(found => new Bar(found.System, Whole(found) / Whole(native), Part(found) / Whole(native)))]);
    }

    private BarGroup BesideXen(Row row)
    {
        if (Part(results.Of(row, TargetSystem.Serai)) is not (> 0 and var serai) || Part(results.Of(row, TargetSystem.Xen)) is not (> 0 and var xen))
            return new BarGroup(row.Title, []);
        return new BarGroup(row.Title, [new Bar(TargetSystem.Serai, serai / xen, serai / xen)]);
    }

    private double Whole(Measured found) => times ? found.Times.Middle : found.Middle?.Total ?? 0;

    private double Part(Measured? found) => times ? 0 : found?.Middle?.Hypervisor ?? 0;
}
