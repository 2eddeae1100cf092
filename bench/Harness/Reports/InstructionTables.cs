using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench.Reports;

/// <summary>
/// The tables of instructions per operation, one a topic. Where a row runs on a hypervisor only, what the hypervisor executes is all there is to
/// compare; where it runs on native Linux too, the total is compared with that, and of each hypervisor's guest the kernel's part is shown as well.
/// </summary>
public sealed class InstructionTables(Results results) : ITopicTables
{
    private static readonly string[] HypervisorHeading = ["Serai", "Xen", "Serai/Xen", "spread"];

    private delegate IEnumerable<string> Cells(Row row);

    private TargetSystem[] Guests => [.. results.Systems.Where(system => system is TargetSystem.Serai or TargetSystem.Xen)];

    private bool HasUml => results.Systems.Contains(TargetSystem.Uml);

    private bool HasBoth => Guests.Length == 2;

    /// <inheritdoc/>
    public void Print(TextWriter output, string topic)
    {
        Row[] rows = [.. results.Rows.Where(row => row.Topic == topic && results.Of(row).Any())];
        Row[] bare = [.. rows.Where(row => results.Of(row).Any(it => it.System is TargetSystem.Native or TargetSystem.Uml))];
        Table(output, $"{topic}: instructions per operation", Heading(), bare, LinuxCells);
        Table(output, $"{topic}: instructions in the hypervisor", HypervisorHeading, [.. rows.Except(bare)], HypervisorCells);
    }

    private string[] Heading() =>
    [
        "native", "kernel", .. Guests.SelectMany(system => (string[])[system.Title(), "kernel", "hyp.", "/native"]),
        .. HasUml ? (string[])["UML", "/native"] : [], .. HasBoth ? (string[])["hyp. Serai/Xen"] : [], "spread",
    ];

    private static void Table(TextWriter output, string title, string[] heading, Row[] rows, Cells cells)
    {
        if (rows.Length == 0)
            return;
        var table = new TextTable([title, .. heading]);
        foreach (Row row in rows)
            table.Add([row.Title, .. cells(row)]);
        table.Print(output);
    }

    private string[] HypervisorCells(Row row)
    {
        double? serai = Middle(row, TargetSystem.Serai)?.Hypervisor, xen = Middle(row, TargetSystem.Xen)?.Hypervisor;
        return [Numbers.Count(serai), Numbers.Count(xen), Numbers.Ratio(serai, xen), WidestSpread(row)];
    }

    private IEnumerable<string> LinuxCells(Row row)
    {
        Sample? native = Middle(row, TargetSystem.Native), serai = Middle(row, TargetSystem.Serai), xen = Middle(row, TargetSystem.Xen);
        double? uml = Middle(row, TargetSystem.Uml)?.Total;
        return
        [
            Numbers.Count(native?.Total), Numbers.Count(native?.Kernel), .. Guests.SelectMany(system => Guest(Middle(row, system), native)),
            .. HasUml ? (string[])[Numbers.Count(uml), Numbers.Ratio(uml, native?.Total)] : [],
            .. HasBoth ? (string[])[Numbers.Ratio(serai?.Hypervisor, xen?.Hypervisor)] : [], WidestSpread(row),
        ];
    }

    private static string[] Guest(Sample? guest, Sample? native) =>
        [Numbers.Count(guest?.Total), Numbers.Count(guest?.Kernel), Numbers.Count(guest?.Hypervisor), Numbers.Ratio(guest?.Total, native?.Total)];

    private Sample? Middle(Row row, TargetSystem system) => results.Of(row, system)?.Middle;

    private string WidestSpread(Row row) => Numbers.Percent(results.Of(row).Max(it => it.Instructions.Relative));
}
