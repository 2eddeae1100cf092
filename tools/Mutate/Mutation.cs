using System;

namespace Serai.Mutate;

/// <summary>One small fault: a stretch of a source file, and what stands in its place while the fault is on.</summary>
/// <param name="Name">What it is called: lower-case words with hyphens.</param>
/// <param name="File">The source file, from the repository's root.</param>
/// <param name="Fault">What is wrong then, in words.</param>
/// <param name="Tests">Part of the full name of the tests that are asked first, or empty.</param>
/// <param name="Equivalent">Why no test can notice it, or empty.</param>
/// <param name="Old">The stretch; it stands in the file once.</param>
/// <param name="New">Its replacement, in which <see cref="Word"/> is true while the fault is on.</param>
public sealed record Mutation(string Name, string File, string Fault, string Tests, string Equivalent, string Old, string New)
{
    /// <summary>The word in a replacement that is true while the fault is on.</summary>
    public const string Word = "mutant";

    /// <summary>Why it does not fit the text of its file, or null where it does.</summary>
    public string? Misfit(string text)
    {
        if (!New.Contains(Word, StringComparison.Ordinal))
            return $"mutation {Name}: its replacement lacks the word '{Word}'";
        int first = text.IndexOf(Old, StringComparison.Ordinal);
        if (first < 0)
            return $"mutation {Name}: what it replaces is not there";
        return text.IndexOf(Old, first + 1, StringComparison.Ordinal) >= 0 ? $"mutation {Name}: what it replaces is there twice" : null;
    }
}
