using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// A test that asks the host's clock fails where the host is busy. How long to wait is Endurance's to say, which counts processor time, and minutes
/// without a sign of life.
/// </summary>
public static class WallClocks
{
    private static readonly HashSet<string> Clocks = ["Stopwatch", "TickCount", "TickCount64", "TimeProvider"];

    private static readonly HashSet<string> Dates = ["DateTime", "DateTimeOffset"];

    private static readonly HashSet<string> Nows = ["Now", "UtcNow", "Today"];

    /// <summary>Endurance; and the histories of domains that die, which go on for as many hours as they are asked to.</summary>
    private static readonly string[] InCharge = ["tools/Machine/Endurance.cs", "test/Hypervisor.Tests/Histories/ProcessorHistoryTests.cs"];

    /// <summary>Clocks of the host in test and in what tests boot with, and limits of time for tests.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.CSharp.Where(file => file.IsIn("test/", "tools/Machine/") && !InCharge.Contains(file.Path)))
        {
            foreach (SimpleNameSyntax name in file.Nodes<SimpleNameSyntax>().Where(IsClock))
                yield return file.At(name, $"'{name}' is a clock of the host: Endurance says when to give up");
            foreach (AttributeArgumentSyntax limit in file.Nodes<AttributeArgumentSyntax>().Where(IsLimit))
                yield return file.At(limit, $"'{limit}' ends the test where the host is busy");
        }
    }

    private static bool IsClock(SimpleNameSyntax name) =>
        Clocks.Contains(name.Identifier.Text) || Nows.Contains(name.Identifier.Text) && name.Parent is MemberAccessExpressionSyntax member
            && member.Name == name && Dates.Contains(LastName(member.Expression));

    private static bool IsLimit(AttributeArgumentSyntax argument) => argument.NameEquals?.Name.Identifier.Text == "Timeout";

    private static string LastName(ExpressionSyntax expression) =>
        (expression as MemberAccessExpressionSyntax)?.Name.Identifier.Text ?? expression.ToString();
}
