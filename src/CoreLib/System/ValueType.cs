namespace System;

/// <summary>The parent of all structs.</summary>
public abstract class ValueType
{
}

/// <summary>The parent of all enums.</summary>
public abstract class Enum : ValueType
{
}
