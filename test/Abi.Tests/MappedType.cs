using System;
using System.Collections.Generic;

namespace Serai.Abi.Tests;

/// <summary>What a type of src/Abi is.</summary>
public enum MappedKind
{
    /// <summary>A struct with fields.</summary>
    Struct,
    /// <summary>A struct that is nothing but a fixed number of elements.</summary>
    Array,
    /// <summary>An enum.</summary>
    Enum,
    /// <summary>A static class of constants.</summary>
    Constants,
}

/// <summary>A type of src/Abi and what it is in C; <paramref name="Line"/> is for messages.</summary>
public sealed record MappedType(MappedKind Kind, string Name, string C, int Line)
{
    private const string SizeWord = " size ";

    /// <summary>The members, in the order of the map.</summary>
    public List<MappedMember> Members { get; } = [];

    /// <summary>The C type of a struct or an array.</summary>
    public string CType => C.Split(SizeWord)[0];

    /// <summary>The C expression for the size of a struct or an array in bytes.</summary>
    public string CSize => C.Contains(SizeWord, StringComparison.Ordinal) ? C.Split(SizeWord)[1] : $"sizeof({CType})";

    /// <summary>The C expression for the value of a member of an enum or of constants.</summary>
    public string CValue(MappedMember member) => member.C.StartsWith('=') ? member.C[1..].Trim() : C.TrimEnd('*') + member.C;
}

/// <summary>A member of a type and its C name; <paramref name="Line"/> is for messages.</summary>
public sealed record MappedMember(string Name, string C, int Line)
{
    /// <summary>The C expression that reaches this field in <paramref name="variable"/>; an array's element is written '[0]'.</summary>
    public string CAccess(string variable) => C.StartsWith('[') ? $"({variable}){C}" : $"({variable}).{C}";
}
