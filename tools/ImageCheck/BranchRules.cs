using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Serai.ImageCheck;

/// <summary>
/// Where an indirect branch goes is predicted from what others may have trained (docs/security.md). A call through a pointer is not needed in ring 0;
/// the jump tables of switches are what the compiler makes, and few.
/// </summary>
internal static partial class BranchRules
{
    /// <summary>The most indirect jumps that an image may have.</summary>
    private const int MostJumps = 90;

    /// <summary>One line for each function with an indirect call, and one if there are too many jumps.</summary>
    public static IEnumerable<string> Check(IReadOnlyList<(string Function, string Instruction)> instructions)
    {
        foreach (string function in instructions.Where(it => Call().IsMatch(it.Instruction)).Select(it => it.Function).Distinct())
            yield return $"{function} calls through a pointer";
        int jumps = JumpsIn(instructions);
        if (jumps > MostJumps)
            yield return $"{jumps} indirect jumps are more than the {MostJumps} allowed";
    }

    /// <summary>How many indirect jumps there are.</summary>
    public static int JumpsIn(IReadOnlyList<(string Function, string Instruction)> instructions)
        => instructions.Count(it => Jump().IsMatch(it.Instruction));

    [GeneratedRegex(@"\bcallq?\s+\*")]
    private static partial Regex Call();

    [GeneratedRegex(@"\bjmpq?\s+\*")]
    private static partial Regex Jump();
}
