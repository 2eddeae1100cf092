using System;
using System.Collections.Generic;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>A rule of style: what it is called, and how it finds what breaks it.</summary>
public sealed record Rule(string Name, Func<SourceTree, IEnumerable<Finding>> Check)
{
    /// <summary>Every rule there is.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("abi table", AbiTable.Check),
        new("advisory table", AdvisoryTable.Check),
        new("assembly reasons", AssemblyReasons.Check),
        new("banned names", BannedNames.Check),
        new("dead files", DeadFiles.Check),
        new("docstrings", Docstrings.Check),
        new("first screen", FirstScreen.Check),
        new("lengths", Lengths.Check),
        new("links", Links.Check),
        new("markers", Markers.Check),
        new("mutation table", MutationTable.Check),
        new("namespaces", Namespaces.Check),
        new("room states", RoomStates.Check),
        new("test names", TestNames.Check),
        new("text", TextForm.Check),
        new("time differences", TimeDifferences.Check),
        new("unsafe", UnsafeCode.Check),
        new("unused members", UnusedMembers.Check),
        new("wall clocks", WallClocks.Check),
        new("walls", Walls.Check),
    ];

    /// <summary>The name, as the test runner shows it.</summary>
    public override string ToString() => Name;
}
