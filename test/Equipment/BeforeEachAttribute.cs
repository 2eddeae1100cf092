using System;
using System.Reflection;

namespace Serai.Equipment;

/// <summary>What is done before each test of an assembly, on the thread that constructs its class, runs it and disposes of it.</summary>
/// <param name="type">The class that has the method.</param>
/// <param name="method">A static method without parameters or result.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class BeforeEachAttribute(Type type, string method) : Attribute
{
    /// <summary>Does it.</summary>
    public Action Act { get; } = type.GetMethod(method, BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<Action>();
}
