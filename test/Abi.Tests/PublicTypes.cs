using System;
using System.Linq;

namespace Serai.Abi.Tests;

/// <summary>The public types of Serai.Abi.</summary>
public static class PublicTypes
{
    /// <summary>All of them.</summary>
    public static Type[] All { get; } = typeof(Hypercall).Assembly.GetExportedTypes();

    /// <summary>The one with this name; throws if there is none or more than one.</summary>
    public static Type Find(string name) => All.Where(type => type.Name == name).ToArray() is [Type type]
        ? type
        : throw new InvalidOperationException($"Serai.Abi has not exactly one public type {name}");
}
