using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>The hypervisor's static state, put back to what it was before the first test, and its private methods.</summary>
internal static class Statics
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<FieldInfo, object?> initial = Fields().ToDictionary(it => it, it => it.GetValue(null));

    private static IEnumerable<FieldInfo> Fields() =>
        from type in typeof(Start).Assembly.GetTypes()
        where !type.ContainsGenericParameters && !type.Name.Contains('<')
        from field in type.GetFields(All)
        where !field.IsLiteral && !field.IsInitOnly
        select field;

    /// <summary>All mutable static fields as at the start.</summary>
    public static void Restore()
    {
        foreach ((FieldInfo field, object? value) in initial)
            field.SetValue(null, value);
    }

    /// <summary>A private static method as a delegate.</summary>
    public static T Method<T>(Type type, string name)
        where T : Delegate
        => type.GetMethod(name, All, [.. typeof(T).GetMethod("Invoke")!.GetParameters().Select(it => it.ParameterType)])!.CreateDelegate<T>();
}
