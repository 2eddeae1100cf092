using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Serai.ImageCheck;

/// <summary>What the names in an image must not show.</summary>
internal static partial class SymbolRules
{
    /// <summary>One line for each name that must not be there.</summary>
    public static IEnumerable<string> Check(ElfImage image)
    {
        foreach (ElfSymbol symbol in image.Symbols)
        {
            if (symbol.Name.Length == 0)
                continue;
            if (symbol.Section == 0)
                yield return $"undefined symbol {symbol.Name}";
            if (StaticConstructor().IsMatch(symbol.Name))
                yield return $"{symbol.Name}: a static initialiser that ilc did not fold into data never runs; make it a constant or a span property";
            if (Allocation().IsMatch(symbol.Name))
                yield return $"{symbol.Name}: there is no heap and nothing can be thrown";
        }
    }

    [GeneratedRegex("___cctor|__GCSTATICS|__THREADSTATIC|__NONGCSTATICS.*_cctor")]
    private static partial Regex StaticConstructor();

    [GeneratedRegex("^(RhpNew|RhNew|RhpThrow|RhpRethrow|RhpAssignRef|RhpCheckedAssignRef|RhpByRefAssign|RhAllocate|RhpGcAlloc)")]
    private static partial Regex Allocation();
}
