using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;
using Serai.Bench.Reports;

namespace Serai.Bench.Plots;

/// <summary>One series of an experiment: a line a system, over the number of domains.</summary>
internal sealed class LinePanel(SvgCanvas canvas, ExperimentResults experiment, string key, double left, double top)
{
    internal const double Width = 400, Height = 225;

    private const double AxisLeft = 64, AxisTop = 42, PlotWidth = 310, PlotHeight = 130;

    private readonly double[] places = [.. experiment.Of(key).Select(point => point.X).Distinct().Order()];

    // Numbers of domains that double are spaced evenly.
    private bool Doubles => places[0] > 0 && places[^1] / places[0] >= 8;

    internal void Draw()
    {
        var axis = new Axis(experiment.Of(key).Max(point => point.Value), PlotHeight, 5);
        canvas.Write(left + 12, top + 12, experiment.Title(key), size: 12, bold: true);
        canvas.Write(left + 12, top + 27, experiment.Of(key).First().Unit, fill: Palette.Ink);
        Grid(axis);
        foreach (TargetSystem system in experiment.Systems(key))
            Draw(axis, system);
    }

    private double X(double number)
    {
        double from = Scale(places[0]), to = Scale(places[^1]);
        return left + AxisLeft + (to > from ? (Scale(number) - from) / (to - from) * PlotWidth : PlotWidth / 2);
    }

    private double Y(Axis axis, double number) => top + AxisTop + PlotHeight - axis.Place(number);

    private double Scale(double number) => Doubles ? Math.Log2(number) : number;

    private void Grid(Axis axis)
    {
        foreach (double mark in axis.Marks)
        {
            canvas.Line(left + AxisLeft, Y(axis, mark), left + AxisLeft + PlotWidth, Y(axis, mark), mark == 0 ? Palette.Ink : Palette.Grid);
            canvas.Write(left + AxisLeft - 6, Y(axis, mark) + 4, Short(mark), Anchor.End, Palette.Ink);
        }
        double free = double.NegativeInfinity;
        foreach (double place in places)
        {
            canvas.Line(X(place), top + AxisTop + PlotHeight, X(place), top + AxisTop + PlotHeight + 4, Palette.Ink);
            string text = place.ToString("0.##", CultureInfo.InvariantCulture);
            double half = text.Length * SvgCanvas.CharacterWidth / 2;
            if (X(place) - half < free)
                continue;
            free = X(place) + half + 3;
            canvas.Write(X(place), top + AxisTop + PlotHeight + 17, text, Anchor.Middle, Palette.Ink);
        }
        canvas.Write(left + AxisLeft + (PlotWidth / 2), top + AxisTop + PlotHeight + 34, "domains", Anchor.Middle, Palette.Ink);
    }

    private void Draw(Axis axis, TargetSystem system)
    {
        IReadOnlyList<Point> line = experiment.Line(key, system);
        canvas.Path(line.GroupBy(point => point.X).Select(same => (X(same.Key), Y(axis, same.Average(point => point.Value)))),
            Palette.DarkOf(system), Palette.DashesOf(system));
        foreach (Point point in line)
            canvas.Dot(X(point.X), Y(axis, point.Value), Palette.DarkOf(system));
    }

    private static string Short(double number) => number switch
    {
        >= 1e9 => Numbers.Plain(number / 1e9) + " G",
        >= 1e6 => Numbers.Plain(number / 1e6) + " M",
        >= 1e4 => Numbers.Plain(number / 1e3) + " k",
        _ => number.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
