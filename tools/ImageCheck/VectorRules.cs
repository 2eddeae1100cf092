using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Serai.ImageCheck;

/// <summary>
/// The floating-point and vector registers in use belong to the guest that was interrupted. Only xmm0 may be written,
/// which the code generator uses to copy and to zero blocks; whoever calls such code from a guest's entry saves it.
/// </summary>
internal static partial class VectorRules
{
    /// <summary>One line for each function that names a register which is not allowed.</summary>
    public static IEnumerable<string> Check(IEnumerable<(string Function, string Instruction)> instructions)
    {
        SortedDictionary<string, string> guilty = [];
        foreach ((string function, string instruction) in instructions)
        {
            if (Register().Match(instruction) is { Success: true } match && match.Value != "%xmm0")
                guilty.TryAdd(function, match.Value);
        }

        foreach ((string name, string register) in guilty)
            yield return $"{name} uses {register}; only %xmm0 may be used";
    }

    // An instruction may name xmm0 first and another register after it: the negative look-ahead skips xmm0 itself.
    [GeneratedRegex(@"%(?!xmm0\b)([xyz]?mm\d+|st\b|k[0-7]\b|tmm\d)")]
    private static partial Regex Register();
}
