using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench.Reports;

/// <summary>The tables of instructions per operation, one a topic.</summary>
public sealed class InstructionTables(Results results)
{
    private static readonly string[] HypervisorHeading = ["Serai", "Xen", "Serai/Xen", "spread"];

    private static readonly string[] LinuxHeading =
    [
        "native", "Serai", "/native", "Xen", "/native", "in Serai", "in Xen", "Serai/Xen", "spread",
    ];

    /// <summary>Prints the topics of which anything was measured.</summary>
    public void Print(TextWriter output)
    {
        foreach (string topic in RowFile.Topics.Where(topic => results.Rows.Any(row => row.Topic == topic && results.Of(row).Any())))
        {
            output.WriteLine();
            Print(output, topic);
        }
    }

    /// <summary>Prints one topic. Where a row runs on a hypervisor only, what the hypervisor executes is all there is to compare.</summary>
    public void Print(TextWriter output, string topic)
    {
        Row[] rows = [.. results.Rows.Where(row => row.Topic == topic)];
        Row[] bare = [.. rows.Where(row => results.Of(row, TargetSystem.Native) is not null)];
        Table(output, $"{topic}: instructions per operation", LinuxHeading, bare, LinuxCells);
        Table(output, $"{topic}: instructions in the hypervisor", HypervisorHeading, [.. rows.Except(bare)], HypervisorCells);
    }

    private delegate string[] Cells(Row row);

    private void Table(TextWriter output, string title, string[] heading, Row[] rows, Cells cells)
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

    private string[] LinuxCells(Row row)
    {
        Sample? native = Middle(row, TargetSystem.Native), serai = Middle(row, TargetSystem.Serai), xen = Middle(row, TargetSystem.Xen);
        return
        [
            Numbers.Count(native?.Total), Numbers.Count(serai?.Total), Numbers.Ratio(serai?.Total, native?.Total),
            Numbers.Count(xen?.Total), Numbers.Ratio(xen?.Total, native?.Total),
            Numbers.Count(serai?.Hypervisor), Numbers.Count(xen?.Hypervisor), Numbers.Ratio(serai?.Hypervisor, xen?.Hypervisor),
            WidestSpread(row),
        ];
    }

    private Sample? Middle(Row row, TargetSystem system) => results.Of(row, system)?.Middle;

    private string WidestSpread(Row row) => Numbers.Percent(results.Of(row).Max(it => it.Instructions.Relative));
}
