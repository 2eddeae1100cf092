using System;
using System.Collections.Generic;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;

namespace Serai.Bench.Plots;

/// <summary>An experiment's series side by side, each with its own axes. Every value measured is a dot; a line goes through their means.</summary>
public static class LineChart
{
    private const double Top = 58;

    /// <summary>The picture, or null where no series has more than one number of domains.</summary>
    public static string? Draw(ExperimentResults experiment)
    {
        string[] keys = [.. experiment.Keys.Where(key => experiment.Of(key).Select(point => point.X).Distinct().Count() > 1)];
        if (keys.Length == 0)
            return null;
        int columns = Math.Min(keys.Length, 2), lines = (keys.Length + 1) / 2;
        var canvas = new SvgCanvas(columns * LinePanel.Width, Top + (lines * LinePanel.Height), experiment.Name);
        canvas.Write(16, 24, experiment.Name, size: 14, bold: true);
        Legend(canvas, [.. keys.SelectMany(experiment.Systems).Distinct().Order()]);
        for (int i = 0; i < keys.Length; i++)
            new LinePanel(canvas, experiment, keys[i], i % 2 * LinePanel.Width, Top + (i / 2 * LinePanel.Height)).Draw();
        return canvas.ToString();
    }

    private static void Legend(SvgCanvas canvas, IReadOnlyList<TargetSystem> systems)
    {
        double x = 16;
        foreach (TargetSystem system in systems)
        {
            canvas.Path([(x, 41), (x + 30, 41)], Palette.DarkOf(system), Palette.DashesOf(system));
            canvas.Dot(x + 15, 41, Palette.DarkOf(system));
            canvas.Write(x + 36, 45, system.Title());
            x += 36 + (system.Title().Length * SvgCanvas.CharacterWidth) + 24;
        }
    }
}
