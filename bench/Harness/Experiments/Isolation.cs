using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>
/// The isolation experiment (SOSP 2003, 4.2): what two stock guests get done beside two others, once when the others work like them, once when one of
/// them writes memory and disk without end and the other is a fork bomb. All weights are equal, and there is one processor.
/// </summary>
public sealed partial class Isolation : Experiment
{
    private static readonly string[] Watched = ["alpha", "beta"];

    /// <inheritdoc/>
    public override string Name => "isolation";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["domains"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        PointFile points = laboratory.Points(Name);
        Add(laboratory, points, TargetSystem.Serai,
            OnSerai(laboratory, "equal", "work", "work"), OnSerai(laboratory, "hostile", "hog", "bomb"));
        if (!laboratory.IsQuick)
        {
            Add(laboratory, points, TargetSystem.Xen,
                OnXen(laboratory, "equal", "work", "work", 4), OnXen(laboratory, "hostile", "hog", "bomb", 2));
        }
    }

    private static void Add(Laboratory laboratory, PointFile points, TargetSystem system, string[] equal, string[] hostile)
    {
        foreach (string name in Watched)
        {
            string end = system.Key();
            double good = Units(equal, name) ?? throw laboratory.Broken($"isolation-equal-{end}", $"{name} did not tell what it did");
            double bad = Units(hostile, name) ?? throw laboratory.Broken($"isolation-hostile-{end}", $"{name} did not tell what it did");
            points.Add($"{name} beside equal workers", system, 4, good, "units of work");
            points.Add($"{name} beside a hog and a bomb", system, 4, bad, "units of work");
            points.Add($"{name} loses", system, 4, 100 * (good - bad) / good, "%", decimals: 2);
        }
    }

    private static double? Units(string[] console, string name)
        => console.Select(line => Done().Match(line)).FirstOrDefault(match => match.Success && match.Groups[1].Value == name) is { } match
            ? double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : null;

    private static string[] OnSerai(Laboratory laboratory, string kind, string third, string fourth)
    {
        (string Name, string Role)[] guests = [("alpha", "work"), ("beta", "work"), ("gamma", third), ("delta", fourth)];
        string[] modules = [.. guests.SelectMany(guest => (string[])
        [
            $"guests/vmlinuz-cloud domain={guest.Name} memory=128M ramdisk -- "
                + $"console=hvc0 quiet rdinit=/init role={guest.Role} from=20000 window=5000",
            "bench/guest.initramfs",
        ])];
        return laboratory.OnSerai($"isolation-{kind}-serai", "2G", "", modules, Watched.Length, Passed());
    }

    // They are created first and begin together; so many of them come to an end.
    private static string[] OnXen(Laboratory laboratory, string kind, string third, string fourth, int enders) => laboratory.OnXen(
        $"isolation-{kind}-xen", "2G", "", ["guests/vmlinuz-cloud", "bench/guest.initramfs"], $$"""
        for pair in alpha=work beta=work gamma={{third}} delta={{fourth}}; do
            create ${pair%=*} vmlinuz-cloud guest.initramfs 128 "console=hvc0 quiet rdinit=/init role=${pair#*=} from=40000 window=5000" -p
        done
        for name in alpha beta gamma delta; do
            xl unpause $name
        done
        rest_until 47
        wait_for {{enders}} "PASS worker" 60
        show

        """);

    [GeneratedRegex(@"^\((alpha|beta)\) PASS worker")]
    private static partial Regex Passed();

    [GeneratedRegex(@"^\((\w+)\) WORK workers=1 portions=(\d+) ")]
    private static partial Regex Done();
}
