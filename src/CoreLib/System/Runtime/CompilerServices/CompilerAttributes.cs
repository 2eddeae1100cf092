namespace System.Runtime.CompilerServices;

/// <summary>Tells the code generator to look for an expansion of its own.</summary>
internal sealed class IntrinsicAttribute : Attribute
{
}

/// <summary>Leaves locals unzeroed in prologues.</summary>
public sealed class SkipLocalsInitAttribute : Attribute
{
}

/// <summary>A struct of one field repeated <paramref name="length"/> times.</summary>
public sealed class InlineArrayAttribute(int length) : Attribute
{
    /// <summary>The number of elements.</summary>
    public int Length { get; } = length;
}

/// <summary>Opens the internals of this assembly to another.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class InternalsVisibleToAttribute(string assemblyName) : Attribute
{
    /// <summary>The other assembly.</summary>
    public string AssemblyName { get; } = assemblyName;
}

/// <summary>Marks an extension method.</summary>
public sealed class ExtensionAttribute : Attribute
{
}

/// <summary>Marks a readonly struct, member or reference.</summary>
public sealed class IsReadOnlyAttribute : Attribute
{
}

/// <summary>Marks a ref struct.</summary>
public sealed class IsByRefLikeAttribute : Attribute
{
}

/// <summary>Marks a type parameter as unmanaged.</summary>
public sealed class IsUnmanagedAttribute : Attribute
{
}

/// <summary>Marks a <c>ref readonly</c> parameter.</summary>
public sealed class RequiresLocationAttribute : Attribute
{
}

/// <summary>Marks a <c>params</c> span.</summary>
public sealed class ParamCollectionAttribute : Attribute
{
}

/// <summary>Marks a <c>scoped</c> parameter.</summary>
public sealed class ScopedRefAttribute : Attribute
{
}

/// <summary>Names the version of the rules for references that a module was compiled by.</summary>
public sealed class RefSafetyRulesAttribute(int version) : Attribute
{
    /// <summary>The version.</summary>
    public int Version { get; } = version;
}

/// <summary>Marks what the compiler wrote.</summary>
public sealed class CompilerGeneratedAttribute : Attribute
{
}

/// <summary>Names the element and its number behind a fixed buffer.</summary>
public sealed class FixedBufferAttribute(Type elementType, int length) : Attribute
{
    /// <summary>The type of the elements.</summary>
    public Type ElementType { get; } = elementType;

    /// <summary>The number of elements.</summary>
    public int Length { get; } = length;
}

/// <summary>Marks a struct of which safe code must not copy parts.</summary>
public sealed class UnsafeValueTypeAttribute : Attribute
{
}

/// <summary>Carries the nullability of a member.</summary>
public sealed class NullableAttribute : Attribute
{
    /// <summary>The same for all positions.</summary>
    public NullableAttribute(byte value)
    {
    }

    /// <summary>One for each position.</summary>
    public NullableAttribute(byte[] value)
    {
    }
}

/// <summary>Carries the usual nullability within a scope.</summary>
public sealed class NullableContextAttribute(byte value) : Attribute
{
    /// <summary>The nullability.</summary>
    public byte Flag { get; } = value;
}

/// <summary>Carries the names of tuple elements.</summary>
public sealed class TupleElementNamesAttribute(string?[] transformNames) : Attribute
{
    /// <summary>The names in order.</summary>
    public string?[] TransformNames { get; } = transformNames;
}

/// <summary>Names a feature that a compiler must know to use what is marked.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute
{
    /// <summary>The feature.</summary>
    public string FeatureName { get; } = featureName;
}

/// <summary>Marks a member that must be set at construction.</summary>
public sealed class RequiredMemberAttribute : Attribute
{
}

/// <summary>Orders overloads against each other.</summary>
public sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    /// <summary>The higher wins.</summary>
    public int Priority { get; } = priority;
}

/// <summary>Names the indexer.</summary>
public sealed class IndexerNameAttribute(string indexerName) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = indexerName;
}

/// <summary>Receives the source text of another argument.</summary>
public sealed class CallerArgumentExpressionAttribute(string parameterName) : Attribute
{
    /// <summary>The other parameter.</summary>
    public string ParameterName { get; } = parameterName;
}

/// <summary>Receives the caller's file.</summary>
public sealed class CallerFilePathAttribute : Attribute
{
}

/// <summary>Receives the caller's line.</summary>
public sealed class CallerLineNumberAttribute : Attribute
{
}

/// <summary>Receives the caller's name.</summary>
public sealed class CallerMemberNameAttribute : Attribute
{
}

/// <summary>Required modifier of a volatile field.</summary>
public static class IsVolatile
{
}

/// <summary>Required modifier of an <c>init</c> accessor.</summary>
public static class IsExternalInit
{
}

/// <summary>Names the builder behind a collection expression.</summary>
public sealed class CollectionBuilderAttribute(Type builderType, string methodName) : Attribute
{
    /// <summary>The type that holds the method.</summary>
    public Type BuilderType { get; } = builderType;

    /// <summary>The method.</summary>
    public string MethodName { get; } = methodName;
}
