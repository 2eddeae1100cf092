namespace System.Diagnostics;

/// <summary>Calls vanish unless <paramref name="conditionString"/> is defined.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class ConditionalAttribute(string conditionString) : Attribute
{
    /// <summary>The name.</summary>
    public string ConditionString { get; } = conditionString;
}
