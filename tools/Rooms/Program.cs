using System;
using System.Collections.Generic;
using System.Linq;
using Serai.Tidy.Rules;
using Serai.Tidy.Sources;

// The rooms of src/Hypervisor from the top down: files, lines, and the rooms that each imports. Ends with 1 where an import leads upwards.
SourceTree tree = SourceTree.Repository();
string[] rooms = WallTable.FromTheTop;
ILookup<string, string> imports = Walls.Graph(tree);
int files = 0, lines = 0, width = rooms.Max(room => room.Length);
List<string> upwards = [];
foreach (string room in rooms)
{
    SourceFile[] own = [.. tree.CSharp.Where(file => file.IsIn($"src/Hypervisor/{room}/"))];
    int ownLines = own.Sum(file => file.Text.Count(letter => letter == '\n'));
    (files, lines) = (files + own.Length, lines + ownLines);
    string[] below = [.. rooms.Where(other => imports[room].Contains(other))];
    upwards.AddRange(below.Where(other => Array.IndexOf(rooms, other) < Array.IndexOf(rooms, room)).Select(other => $"{room} -> {other}"));
    Console.WriteLine($"{room.PadRight(width)} {own.Length,4} files {ownLines,6} lines  {string.Join(' ', below)}");
}
Console.WriteLine($"{"".PadRight(width)} {files,4} files {lines,6} lines");
Console.WriteLine(upwards.Count == 0 ? "no import leads upwards: there is no cycle" : $"upwards: {string.Join(", ", upwards)}");
return upwards.Count == 0 ? 0 : 1;
