using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Serai.Report;

/// <summary>Serai beside Xen, row by row.</summary>
public sealed class ComparisonTable(IReadOnlyList<Row> rows, Counts serai, Counts xen)
{
    private const int TextWidth = -54;

    private IEnumerable<Row> Measured => rows.Where(row => serai.Median(row) is not null || xen.Median(row) is not null);

    /// <summary>Prints the table: instructions in the hypervisor for all rows, then all instructions for those of Linux.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine($"{"instructions in the hypervisor per operation",TextWidth} {"Serai",10} {"Xen 4.17",10} {"ratio",6}");
        foreach (Row row in Measured)
            output.WriteLine(Line(row, serai.Median(row)?.Hypervisor, xen.Median(row)?.Hypervisor));
        if (!Measured.Any(row => row.IsLinux))
            return;
        output.WriteLine($"{"all instructions per operation",TextWidth} {"Serai",10} {"Xen 4.17",10} {"ratio",6}");
        foreach (Row row in Measured.Where(row => row.IsLinux))
            output.WriteLine(Line(row, serai.Median(row)?.Total, xen.Median(row)?.Total));
    }

    /// <summary>Writes the same as JSON: an array of objects, null for what was not measured.</summary>
    public void Save(string path)
    {
        var entries = Measured.Select(row => new { row = row.Key, text = row.Text, serai = serai.Median(row), xen = xen.Median(row) });
        var options = new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
        File.WriteAllText(path, JsonSerializer.Serialize(entries, options) + "\n");
    }

    private static string Line(Row row, double? ours, double? theirs)
    {
        string ratio = ours is { } a && theirs is { } b && b > 0 ? (a / b).ToString("F2", CultureInfo.InvariantCulture) : "-";
        return $"{row.Text,TextWidth} {Number(ours),10} {Number(theirs),10} {ratio,6}";
    }

    private static string Number(double? value) => value is { } number ? Math.Round(number).ToString("F0", CultureInfo.InvariantCulture) : "-";
}
