using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Serai.Bench.Machines;

namespace Serai.Bench.Plots;

/// <summary>A bar: how long it is, and how much of it is the hypervisor's; both in the chart's unit.</summary>
public sealed record Bar(TargetSystem System, double Length, double Hypervisor);

/// <summary>Bars that belong together, one a system.</summary>
public sealed record BarGroup(string Title, IReadOnlyList<Bar> Bars);

/// <summary>Horizontal bars in groups, beside a line at one: what they are compared with.</summary>
public sealed class BarChart(string title, string axisTitle, string one, IReadOnlyList<BarGroup> groups)
{
    private const double Thickness = 10, Gap = 9, Top = 74, Bottom = 40, Plot = 420, Right = 52;

    // A bar that is longer ends at the picture's edge, so that the others can be told apart; its number says how long it would be.
    private const double Longest = 5;

    private double Left => 24 + (groups.Max(group => group.Title.Length) * SvgCanvas.CharacterWidth);

    private double Height => Top + Bottom + groups.Sum(HeightOf);

    /// <summary>The picture.</summary>
    public string Draw()
    {
        var canvas = new SvgCanvas(Left + Plot + Right, Height, title);
        var axis = new Axis(Math.Clamp(groups.SelectMany(group => group.Bars).Max(bar => bar.Length), 1, Longest), Plot, 6);
        canvas.Write(16, 24, title, size: 14, bold: true);
        Legend(canvas);
        Grid(canvas, axis);
        double y = Top + (Gap / 2);
        foreach (BarGroup group in groups)
        {
            Draw(canvas, axis, group, y);
            y += HeightOf(group);
        }
        canvas.Line(Left + axis.Place(1), Top - 4, Left + axis.Place(1), Height - Bottom + 4, Palette.Ink, 1.5);
        canvas.Write(Left + axis.Place(1), Top - 8, one, Anchor.Middle, Palette.Ink);
        return canvas.ToString();
    }

    private static double HeightOf(BarGroup group) => (group.Bars.Count * (Thickness + 1)) + Gap;

    private void Legend(SvgCanvas canvas)
    {
        double x = 16;
        foreach (TargetSystem system in groups.SelectMany(group => group.Bars).Select(bar => bar.System).Distinct().Order())
        {
            canvas.Rectangle(x, 36, 22, 10, Palette.Of(system));
            bool split = groups.SelectMany(group => group.Bars).Any(bar => bar.System == system && bar.Hypervisor > 0 && bar.Hypervisor < bar.Length);
            if (split)
                canvas.Rectangle(x, 36, 11, 10, Palette.DarkOf(system));
            string words = system.Title() + (split ? " (dark: the hypervisor's part)" : "");
            canvas.Write(x + 28, 45, words);
            x += 28 + (words.Length * SvgCanvas.CharacterWidth) + 20;
        }
    }

    private void Grid(SvgCanvas canvas, Axis axis)
    {
        foreach (double mark in axis.Marks)
        {
            double x = Left + axis.Place(mark);
            canvas.Line(x, Top, x, Height - Bottom, Palette.Grid);
            canvas.Write(x, Height - Bottom + 15, mark.ToString("0.##", CultureInfo.InvariantCulture), Anchor.Middle, Palette.Ink);
        }
        canvas.Line(Left, Top, Left, Height - Bottom, Palette.Ink);
        canvas.Write(Left + (Plot / 2), Height - 8, axisTitle, Anchor.Middle, Palette.Ink);
    }

    private void Draw(SvgCanvas canvas, Axis axis, BarGroup group, double y)
    {
        double height = group.Bars.Count * (Thickness + 1);
        canvas.Write(Left - 8, y + (height / 2) + 4, group.Title, Anchor.End);
        foreach (Bar bar in group.Bars)
        {
            double dark = axis.Place(Math.Min(bar.Hypervisor, axis.Most)), length = axis.Place(Math.Min(bar.Length, axis.Most));
            bool whole = bar.Hypervisor >= bar.Length;
            canvas.Rectangle(Left, y, length, Thickness, Palette.Of(bar.System));
            if (!whole)
                canvas.Rectangle(Left, y, dark, Thickness, Palette.DarkOf(bar.System));
            string words = bar.Length.ToString("F2", CultureInfo.InvariantCulture) + (bar.Length > axis.Most ? " \u2192" : "");
            canvas.Write(Left + length + 5, y + Thickness - 1, words, size: 10);
            y += Thickness + 1;
        }
    }
}
