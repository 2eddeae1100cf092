using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Serai.Abi.Tests;

/// <summary>Finds every difference between a C# type and what the C headers say about it.</summary>
public static class LayoutComparison
{
    /// <summary>One sentence for each difference; none if the type is right.</summary>
    public static IEnumerable<string> Differences(Type type, MappedType mapped, HeaderFacts facts)
    {
        MappedKind kind = ManagedLayout.KindOf(type);
        if (kind != mapped.Kind)
            return [$"{type.Name} is mapped as {mapped.Kind}, but is {kind}"];
        return kind switch
        {
            MappedKind.Struct => Size(type, facts).Concat(Fields(type, mapped, facts)),
            MappedKind.Array => Size(type, facts),
            _ => Values(type, mapped, facts),
        };
    }

    private static IEnumerable<string> Size(Type type, HeaderFacts facts)
    {
        ulong ours = ManagedLayout.SizeOf(type);
        ulong theirs = facts.Sizes[type.Name];
        if (ours != theirs)
            yield return $"{type.Name} has {ours} bytes, in C {theirs}";
    }

    private static IEnumerable<string> Fields(Type type, MappedType mapped, HeaderFacts facts)
    {
        FieldInfo[] fields = ManagedLayout.Fields(type);
        foreach (string difference in Names(type, fields.Select(field => field.Name), mapped))
            yield return difference;
        foreach (FieldInfo field in fields)
        {
            string name = $"{type.Name}.{field.Name}";
            if (!facts.Fields.TryGetValue(name, out var theirs))
                continue;
            ulong offset = ManagedLayout.OffsetOf(field);
            ulong size = ManagedLayout.SizeOf(field.FieldType);
            if (offset != theirs.Offset)
                yield return $"{name} is at offset {offset}, in C at {theirs.Offset}";
            if (size != theirs.Size)
                yield return $"{name} has {size} bytes, in C {theirs.Size}";
        }
    }

    private static IEnumerable<string> Values(Type type, MappedType mapped, HeaderFacts facts)
    {
        // C has no name for an empty set of flags.
        var constants = ManagedLayout.Constants(type).Where(constant => constant is not ("None", 0) || Maps(mapped, "None")).ToArray();
        foreach (string difference in Names(type, constants.Select(constant => constant.Name), mapped))
            yield return difference;
        foreach ((string name, ulong ours) in constants)
        {
            if (facts.Values.TryGetValue($"{type.Name}.{name}", out ulong theirs) && ours != theirs)
                yield return $"{type.Name}.{name} is {ours:X}, in C {theirs:X}";
        }
    }

    private static IEnumerable<string> Names(Type type, IEnumerable<string> ours, MappedType mapped)
    {
        string[] theirs = [.. mapped.Members.Select(member => member.Name)];
        return ours.Except(theirs).Select(name => $"{type.Name}.{name} is not in the map")
            .Concat(theirs.Except(ours).Select(name => $"{type.Name}.{name} is in the map only"));
    }

    private static bool Maps(MappedType mapped, string name) => mapped.Members.Any(member => member.Name == name);
}
