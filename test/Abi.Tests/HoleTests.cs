using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

using Xunit;

namespace Serai.Abi.Tests;

/// <summary>
/// Bytes between fields, or behind the last, belong to no field: of a struct that is made in the hypervisor nothing sets them, and they would tell a
/// guest what the stack held. So a struct with such holes is only ever read from a guest, changed, and written back.
/// </summary>
public sealed class HoleTests
{
    /// <summary>The first stays in the hypervisor; the second is cleared as bytes.</summary>
    private static readonly string[] Harmless = ["CallbackCalls.cs: new TrapInfo", "MachineCheckCalls.cs: LogicalCpu cpu = default"];

    [Fact]
    public void NoStructWithHolesIsMadeInTheHypervisor()
    {
        string names = string.Join('|', PublicTypes.All.Where(HasHoles).Select(type => type.Name));
        var made = new Regex($@"\bnew ({names})\b|\b({names}) [a-z]\w* = (new|default)\b");
        string[] sources = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Hypervisor"), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(sources);
        var found = sources.SelectMany(it => made.Matches(File.ReadAllText(it)).Select(match => $"{Path.GetFileName(it)}: {match.Value}"));
        Assert.Equal(Harmless, found.Order());
    }

    /// <summary>The test can fail: what it looks for is there.</summary>
    [Fact]
    public void HolesAreSeen()
    {
        Assert.True(HasHoles(typeof(EfiConfiguration)));
        Assert.False(HasHoles(typeof(SchedShutdown)));
    }

    private static bool HasHoles(Type type)
    {
        if (type.IsEnum || !type.IsValueType || ManagedLayout.KindOf(type) != MappedKind.Struct)
            return false;
        ulong end = 0;
        foreach (FieldInfo field in ManagedLayout.Fields(type).OrderBy(ManagedLayout.OffsetOf))
        {
            ulong offset = ManagedLayout.OffsetOf(field);
            if (offset > end)
                return true;
            end = Math.Max(end, offset + ManagedLayout.SizeOf(field.FieldType));
        }
        return end != ManagedLayout.SizeOf(type);
    }
}
