namespace System.Diagnostics.CodeAnalysis;

/// <summary>The method never comes back.</summary>
public sealed class DoesNotReturnAttribute : Attribute
{
}

/// <summary>The method does not come back if the parameter has this value.</summary>
public sealed class DoesNotReturnIfAttribute(bool parameterValue) : Attribute
{
    /// <summary>The value.</summary>
    public bool ParameterValue { get; } = parameterValue;
}

/// <summary>The reference may leave the struct it was reached through.</summary>
public sealed class UnscopedRefAttribute : Attribute
{
}

/// <summary>The output is not null when the method returns this.</summary>
public sealed class NotNullWhenAttribute(bool returnValue) : Attribute
{
    /// <summary>The value returned.</summary>
    public bool ReturnValue { get; } = returnValue;
}

/// <summary>The constructor sets all required members.</summary>
public sealed class SetsRequiredMembersAttribute : Attribute
{
}

/// <summary>The member is still in trial.</summary>
public sealed class ExperimentalAttribute(string diagnosticId) : Attribute
{
    /// <summary>The diagnostic that its use raises.</summary>
    public string DiagnosticId { get; } = diagnosticId;
}

/// <summary>Silences a diagnostic; the reason belongs in Justification.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class SuppressMessageAttribute(string category, string checkId) : Attribute
{
    /// <summary>The category.</summary>
    public string Category { get; } = category;

    /// <summary>The diagnostic.</summary>
    public string CheckId { get; } = checkId;

    /// <summary>Why.</summary>
    public string? Justification { get; set; }
}
