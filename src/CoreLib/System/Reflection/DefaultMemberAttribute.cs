namespace System.Reflection;

/// <summary>Names the indexer of a type.</summary>
public sealed class DefaultMemberAttribute(string memberName) : Attribute
{
    /// <summary>The name.</summary>
    public string MemberName { get; } = memberName;
}
