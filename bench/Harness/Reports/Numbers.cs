using System;
using System.Globalization;

namespace Serai.Bench.Reports;

/// <summary>Numbers as tables show them; a dash where there is none.</summary>
public static class Numbers
{
    /// <summary>A count: with one decimal below 100, without above.</summary>
    public static string Count(double? value) => value is not { } number ? "-"
        : number.ToString(number is > 0 and < 100 && number != Math.Floor(number) ? "F1" : "F0", CultureInfo.InvariantCulture);

    /// <summary>A value of any size, to four digits where it has decimals.</summary>
    public static string Plain(double value)
    {
        double size = Math.Abs(value);
        string form = size == Math.Floor(size) || size >= 1000 ? "0" : size >= 100 ? "0.#" : size >= 10 ? "0.##" : "0.####";
        return value.ToString(form, CultureInfo.InvariantCulture);
    }

    /// <summary>A ratio with two decimals.</summary>
    public static string Ratio(double? upper, double? lower)
        => upper is { } above && lower is > 0 and { } below ? (above / below).ToString("F2", CultureInfo.InvariantCulture) : "-";

    /// <summary>A part of one as percents, when it is above one percent.</summary>
    public static string Percent(double part) => part > 0.01 ? (part * 100).ToString("F1", CultureInfo.InvariantCulture) + " %" : "";
}
