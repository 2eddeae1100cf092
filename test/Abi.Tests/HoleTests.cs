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
    /// <summary>Lines that name one otherwise, each with what makes it harmless.</summary>
    private static readonly string[] harmless =
    [
        // A field of this name.
        "BootLayout.cs: public ulong StartInfo, Store, Console, Tables, TableCount, Stack, MappedEnd;",
        // Stays in the hypervisor.
        "CallbackCalls.cs: TrapEntries.Set(ref vcpu, new TrapInfo { Vector = (byte)Exceptions.NonMaskable, Flags = TrapInfoFlags.MaskEvents, "
            + "Address = address });",
        // Told as text.
        "DomainReport.cs: VcpuRunstateInfo runstate = domain.Vcpu(number).Runstate.Info;",
        "DomainReport.cs: VcpuRunstateInfo runstate = Runstates.Snapshot(vcpu, SystemTime.Now);",
        // As it was read from the guest.
        "EfiCalls.cs: private static Errno TellMemory(GuestAddress payload, EfiMemory asked)",
        // Cleared as bytes.
        "MachineCheckCalls.cs: LogicalCpu cpu = Describe();",
        "MachineCheckCalls.cs: LogicalCpu cpu = default;",
        // As it was read from the guest.
        "MachineCheckCalls.cs: private static Errno Fetch(GuestAddress payload, MachineCheckFetch fetch)",
        // Cleared as bytes.
        "MachineCheckCalls.cs: private static LogicalCpu Describe()",
        // As it was read from the guest.
        "ReservationCalls.cs: public MemoryReservation Reservation;",
        // Copied as a whole from a record in memory that was cleared.
        "Runstates.cs: VcpuRunstateInfo info = vcpu.Runstate.Info;",
        "Runstates.cs: VcpuRunstateInfo info = vcpu.Runstate.Info;",
        "Runstates.cs: public static VcpuRunstateInfo Snapshot(in VirtualCpu vcpu, ulong now)",
        // As it was read from the guest.
        "VcpuContext.cs: TrapInfo entry = context.TrapTable[vector];",
        // In memory that was cleared.
        "VcpuRunstate.cs: public VcpuRunstateInfo Info;",
    ];

    /// <summary>
    /// Where such a struct may be named: what comes whole from a guest, and a place where one is. Whoever makes one, by whatever means, names it
    /// otherwise: as what is made, what is declared or what is returned.
    /// </summary>
    private static readonly Regex allowed = new(@"(TryRead\([^;]*\bout |\b(in|ref|ref readonly) |\bsizeof\(|(Span|Link|LinkTo|At)<|\.)$");

    [Fact]
    public void NoStructWithHolesIsMadeInTheHypervisor()
    {
        string names = string.Join('|', PublicTypes.All.Where(HasHoles).Select(type => type.Name));
        var named = new Regex($@"\b({names})\b");
        string[] sources = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Hypervisor"), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(sources);
        var found = sources.SelectMany(it => File.ReadLines(it).Select(line => line.Split("//")[0])
            .Where(line => named.Matches(line).Any(match => !allowed.IsMatch(line[..match.Index])))
            .Select(line => $"{Path.GetFileName(it)}: {line.Trim()}"));
        Assert.Equal(harmless.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    /// <summary>The test can fail: what it looks for is there.</summary>
    [Fact]
    public void HolesAreSeen()
    {
        Assert.True(HasHoles(typeof(EfiConfiguration)));
        Assert.False(HasHoles(typeof(SchedShutdown)));
        foreach (string made in (string[])["var it = new ", "", "private static void Fill(out ", "return default(", "Table<"])
            Assert.DoesNotMatch(allowed, made);
    }

    private static bool HasHoles(Type type)
    {
        if (type.IsEnum || type.IsPrimitive || !type.IsValueType || ManagedLayout.KindOf(type) != MappedKind.Struct)
            return false;
        ulong end = 0;
        foreach (FieldInfo field in ManagedLayout.Fields(type).OrderBy(ManagedLayout.OffsetOf))
        {
            ulong offset = ManagedLayout.OffsetOf(field);
            if (offset > end || HasHoles(field.FieldType))
                return true;
            end = Math.Max(end, offset + ManagedLayout.SizeOf(field.FieldType));
        }
        return end != ManagedLayout.SizeOf(type);
    }
}
