namespace Serai.Tidy.Sources;

/// <summary>A place that breaks a rule, and why that matters. Lines count from 1.</summary>
public readonly record struct Finding(string Path, int Line, string Reason)
{
    /// <summary>As editors and compilers write it, so that a click leads there.</summary>
    public override string ToString() => $"{Path}:{Line}: {Reason}";
}
