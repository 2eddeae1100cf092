namespace Serai.Tidy.Samples;

/// <summary>A made-up repository, and where (path:line) a rule must find something in it.</summary>
public sealed record Sample(string Rule, (string Path, string Text)[] Files, string[] Expected)
{
    /// <summary>A sample of one file with findings on these lines.</summary>
    public static Sample Of(string rule, string path, string text, params int[] lines) =>
        new(rule, [(path, text)], System.Array.ConvertAll(lines, line => $"{path}:{line}"));

    /// <summary>As the test runner shows it.</summary>
    public override string ToString() => $"{Rule}: {Files[0].Path}, {Expected.Length} findings";
}
