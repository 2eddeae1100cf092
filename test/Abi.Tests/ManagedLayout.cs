using System;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Serai.Abi.Tests;

/// <summary>How C# lays its types out in memory (not how it would marshal them).</summary>
public static class ManagedLayout
{
    private const BindingFlags InstanceFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>What <paramref name="type"/> must be mapped as; throws for a type that src/Abi may not have.</summary>
    public static MappedKind KindOf(Type type)
    {
        if (type.IsEnum)
            return MappedKind.Enum;
        if (type.IsAbstract && type.IsSealed)
            return MappedKind.Constants;
        if (!type.IsValueType)
            throw new InvalidOperationException($"{type} is neither a struct nor an enum nor a static class");
        FieldInfo[] fields = Fields(type);
        bool holdsElements = fields.Length == 1 && fields[0].FieldType.IsDefined(typeof(InlineArrayAttribute));
        return holdsElements ? MappedKind.Array : MappedKind.Struct;
    }

    /// <summary>All instance fields, private ones too.</summary>
    public static FieldInfo[] Fields(Type type) => type.GetFields(InstanceFields);

    /// <summary>The size of a struct or an enum in bytes.</summary>
    public static ulong SizeOf(Type type)
    {
        MethodInfo sizeOf = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type);
        return (ulong)(int)sizeOf.Invoke(null, null)!;
    }

    /// <summary>The offset of a field in bytes: the distance of two addresses, taken by code made for the purpose.</summary>
    public static ulong OffsetOf(FieldInfo field)
    {
        var method = new DynamicMethod("Offset", typeof(ulong), Type.EmptyTypes, typeof(ManagedLayout).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        LocalBuilder local = code.DeclareLocal(field.DeclaringType!);
        code.Emit(OpCodes.Ldloca, local);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Ldloca, local);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_U8);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<ulong>>()();
    }

    /// <summary>The constants of an enum or a static class, sign-extended to 64 bits.</summary>
    public static (string Name, ulong Value)[] Constants(Type type) =>
        [.. type.GetFields(BindingFlags.Static | BindingFlags.Public).Where(field => field.IsLiteral)
            .Select(field => (field.Name, Bits(field.GetRawConstantValue()!)))];

    private static ulong Bits(object value) => value is ulong bits
        ? bits
        : unchecked((ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture));
}
