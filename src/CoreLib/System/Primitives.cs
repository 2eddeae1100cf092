namespace System;

/// <summary>The type that a method without a result returns.</summary>
public struct Void
{
}

/// <summary>A truth value of one byte.</summary>
public struct Boolean
{
    private bool m_value;
}

/// <summary>A UTF-16 code unit.</summary>
public struct Char
{
    /// <summary>The greatest value.</summary>
    public const char MaxValue = (char)0xffff;

    private char m_value;
}

/// <summary>Declared because ilc asks for it; ring 0 has no floating point.</summary>
public struct Single
{
    private float m_value;
}

/// <summary>Declared because ilc asks for it; ring 0 has no floating point.</summary>
public struct Double
{
    private double m_value;
}
