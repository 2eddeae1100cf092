namespace System;

/// <summary>The parent of all attributes.</summary>
public abstract class Attribute
{
}

/// <summary>Says where an attribute may stand.</summary>
public enum AttributeTargets
{
    /// <summary>On an assembly.</summary>
    Assembly = 0x0001,
    /// <summary>On a module.</summary>
    Module = 0x0002,
    /// <summary>On a class.</summary>
    Class = 0x0004,
    /// <summary>On a struct.</summary>
    Struct = 0x0008,
    /// <summary>On an enum.</summary>
    Enum = 0x0010,
    /// <summary>On a constructor.</summary>
    Constructor = 0x0020,
    /// <summary>On a method.</summary>
    Method = 0x0040,
    /// <summary>On a property.</summary>
    Property = 0x0080,
    /// <summary>On a field.</summary>
    Field = 0x0100,
    /// <summary>On an event.</summary>
    Event = 0x0200,
    /// <summary>On an interface.</summary>
    Interface = 0x0400,
    /// <summary>On a parameter.</summary>
    Parameter = 0x0800,
    /// <summary>On a delegate.</summary>
    Delegate = 0x1000,
    /// <summary>On a return value.</summary>
    ReturnValue = 0x2000,
    /// <summary>On a type parameter.</summary>
    GenericParameter = 0x4000,
    /// <summary>Anywhere.</summary>
    All = 0x7fff,
}

/// <summary>Says where an attribute may stand and how often.</summary>
public sealed class AttributeUsageAttribute(AttributeTargets validOn) : Attribute
{
    /// <summary>Where the attribute may stand.</summary>
    public AttributeTargets ValidOn { get; } = validOn;

    /// <summary>Whether it may stand more than once.</summary>
    public bool AllowMultiple { get; set; }

    /// <summary>Whether derived members inherit it.</summary>
    public bool Inherited { get; set; }
}

/// <summary>Marks an enum whose values combine.</summary>
public sealed class FlagsAttribute : Attribute
{
}

/// <summary>Marks what should no longer be used.</summary>
public sealed class ObsoleteAttribute : Attribute
{
    /// <summary>Marks without a reason.</summary>
    public ObsoleteAttribute()
    {
    }

    /// <summary>Marks with a reason, and perhaps as an error.</summary>
    public ObsoleteAttribute(string? message, bool error = false)
    {
    }
}

/// <summary>Marks a parameter that takes a list of arguments.</summary>
public sealed class ParamArrayAttribute : Attribute
{
}

/// <summary>Marks a field that each processor would have of its own; not supported here.</summary>
public sealed class ThreadStaticAttribute : Attribute
{
}
