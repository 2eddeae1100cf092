using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// The later of two times can be the smaller number: two processors' counters are nanoseconds apart. A bare subtraction is then a panic of checked
/// arithmetic, or an age of the universe. What has passed is `Duration.Between`'s to say, or `SystemTime.Since`'s.
/// </summary>
public static partial class TimeDifferences
{
    private const string Home = "src/Machine/Clock/Duration.cs";

    /// <summary>Subtractions of what is called like a time, in ring 0; one that goes round on purpose stands in `unchecked`.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files.Where(file => file.IsCSharp && file.IsIn("src/Hypervisor/", "src/Machine/") && file.Path != Home))
        {
            foreach (ExpressionSyntax difference in Differences(file))
            {
                if (!difference.Ancestors().Any(IsUnchecked))
                    yield return file.At(difference, $"'{difference}': times are subtracted by Duration.Between or SystemTime.Since");
            }
        }
    }

    private static IEnumerable<ExpressionSyntax> Differences(SourceFile file)
    {
        foreach (BinaryExpressionSyntax minus in file.Nodes<BinaryExpressionSyntax>())
        {
            if (minus.IsKind(SyntaxKind.SubtractExpression) && (IsTime(minus.Left) || IsTime(minus.Right)))
                yield return minus;
        }
        foreach (AssignmentExpressionSyntax minus in file.Nodes<AssignmentExpressionSyntax>())
        {
            if (minus.IsKind(SyntaxKind.SubtractAssignmentExpression) && (IsTime(minus.Left) || IsTime(minus.Right)))
                yield return minus;
        }
    }

    private static bool IsUnchecked(SyntaxNode node) =>
        node.IsKind(SyntaxKind.UncheckedExpression) || node.IsKind(SyntaxKind.UncheckedStatement);

    private static bool IsTime(ExpressionSyntax operand) => operand switch
    {
        IdentifierNameSyntax name => TimeName().IsMatch(name.Identifier.Text),
        MemberAccessExpressionSyntax member => IsTime(member.Name),
        ElementAccessExpressionSyntax element => IsTime(element.Expression),
        ParenthesizedExpressionSyntax inner => IsTime(inner.Expression),
        CastExpressionSyntax cast => IsTime(cast.Expression),
        InvocationExpressionSyntax call => IsTime(call.Expression),
        _ => false,
    };

    [GeneratedRegex("(^|[a-z])(Now|Since|At|Deadline|Began|Begun|Counted|Until|EntryTime|SystemTime|Timeout|Counter|Again|TimeStamp)$"
        + "|^(now|deadline|began|begun|timeout|counter|systemTime|earlier|later|SliceEnd|BackgroundEnd|TimeRunning)$")]
    private static partial Regex TimeName();
}
