using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Serai.Hypervisor.Dumps;
using Serai.Symbols;
using Xunit;

namespace Serai.Hypervisor.Tests.Dumps;

public class SymbolTableTests
{
    private const ulong Start = 0xffff82d040200000;

    private const string Program = """
        struct pair { long a, b; };
        static __attribute__((noinline)) long add(struct pair *p)
        {
            long sum = p->a;
            for (int i = 0; i < 10; i++)
                sum += p->b * i;

            p->a++;
            return sum;
        }

        static inline long twice(long x)
        {
            return x + x / 7;
        }

        long entry(struct pair *p)
        {
            if (p->a > 100)
                return twice(add(p));
            p->b += twice(p->a);
            return add(p) + 1;
        }
        """;

    [Fact]
    public void EveryByteOfAssemblyIsFoundOnItsLine()
    {
        // A nop is one byte, so the source says by itself where each line lies.
        var source = new StringBuilder(".text\n.globl entry\n");
        var expected = new List<(string Label, uint Line, ulong Offset)>();
        uint line = 2;
        for (int label = 0; label < 40; label++)
        {
            string name = label == 0 ? "entry" : $"label_{label}";
            source.Append($"{name}:\n");
            line++;
            for (uint i = 0; i <= label % 7; i++)
            {
                string blankLines = new('\n', label * 11 % 90);
                source.Append($"{blankLines} nop\n");
                line += (uint)blankLines.Length + 1;
                expected.Add((name, line, i));
            }
        }
        using var sample = new LinkedSample("sample.S", source.ToString());
        byte[] table = SymbolBlob.Of(sample.Image).Bytes;
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(SymbolTable.TryFind(table, Start + (ulong)i, out SymbolLocation location));
            Assert.Equal(expected[i], (Text(table, location.Method), location.Line, location.Offset));
            Assert.EndsWith("sample.S", Text(table, location.File));
        }
        Assert.False(SymbolTable.TryFind(table, Start - 1, out _));
        Assert.False(SymbolTable.TryFind(table, Start + (ulong)expected.Count, out _));
    }

    [Theory]
    [InlineData("-gdwarf-4")]
    [InlineData("-gdwarf-5")]
    public void CompiledCodeIsFoundWhereLlvmFindsIt(string format)
    {
        using var sample = new LinkedSample("sample.c", Program, format, "-O2");
        byte[] table = SymbolBlob.Of(sample.Image).Bytes;
        Assert.Equal(2u, SymbolTable.Count(table));
        for (ulong address = Start; SymbolTable.TryFind(table, address, out SymbolLocation location); address += 4)
        {
            string output = sample.Tool("llvm-dwarfdump", $"--lookup=0x{address:x}", sample.ImagePath);
            Match match = Regex.Match(output, "Line info: file '([^']*)', line (\\d+)");
            Assert.True(match.Success, $"{address:x}: {output}");
            // What belongs to no line stays with the line before.
            if (match.Groups[2].Value != "0")
                Assert.Equal(match.Groups[2].Value, location.Line.ToString());
            Assert.EndsWith(match.Groups[1].Value, Text(table, location.File));
            Assert.Contains(Text(table, location.Method), new[] { "add", "entry" });
        }
    }

    [Fact]
    public void AReturnAddressBelongsToTheCall()
    {
        byte[] table = SymbolBlob.Of([Method(0x1000, 0x1005, [(0x1000, 7)]), Method(0x1005, 0x1010, [(0x1005, 9)])]).Bytes;
        Assert.True(SymbolTable.TryFindCall(table, 0x1005, out SymbolLocation location));
        Assert.Equal((7u, 4UL), (location.Line, location.Offset));
    }

    [Fact]
    public void EveryMapSurvivesBeingWritten()
    {
        var sizes = Gen.Choose(1, 300).ArrayOf();
        Prop.ForAll(Gen.Zip(sizes, Gen.Choose(0, 1000)).ToArbitrary(), it =>
        {
            var map = new List<CodeMethod>();
            ulong end = 0xfff0;
            var random = new System.Random(it.Item2);
            foreach (int size in it.Item1)
            {
                ulong start = end + (ulong)random.Next(3) * 1000;
                end = start + (ulong)size;
                map.Add(RandomMethod(random, start, end));
            }
            AssertFinds(map);
        })
        .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void NoDamageMakesALookupFailWorseThanFindingNothing()
    {
        var random = new System.Random(1);
        byte[] blob = SymbolBlob.Of([.. Enumerable.Range(0, 20).Select(i => RandomMethod(random, (ulong)i * 100, (ulong)i * 100 + 100))]).Bytes;
        var damages =
            from place in Gen.Choose(0, blob.Length - 1)
            from value in Gen.Choose(0, 255)
            from length in Gen.OneOf(Gen.Constant(blob.Length), Gen.Choose(0, blob.Length))
            select (place, value, length);
        Prop.ForAll(damages.ToArbitrary(), damage =>
        {
            byte[] damaged = blob[..damage.length];
            if (damage.place < damaged.Length)
                damaged[damage.place] = (byte)damage.value;
            for (ulong address = 0; address < 2100; address += 37)
                Touch(damaged, address);
            // Damage to the header may make it tell of just what is left.
            return damage.length == blob.Length || damage.place < 28 || SymbolTable.Count(damaged) == 0;
        })
        .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void NoiseBehindTheHeaderIsSurvived() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), noise =>
        {
            byte[] blob = new byte[28 + noise.Length];
            SymbolBlob.Of([]).Bytes.AsSpan(0, 28).CopyTo(blob);
            (blob[16], blob[20], blob[24]) = (200, (byte)(28 + noise.Length / 2), (byte)Math.Min(255, blob.Length));
            noise.CopyTo(blob, 28);
            Touch(blob, 0x1234);
        })
        .QuickCheckThrowOnFailure();

    [Fact]
    public void AnEmptySectionIsATableOfNothing()
    {
        Assert.Equal(0u, SymbolTable.Count([]));
        Assert.False(SymbolTable.TryFind(new byte[64], 0, out _));
    }

    private static void Touch(byte[] table, ulong address)
    {
        if (!SymbolTable.TryFind(table, address, out SymbolLocation location))
            return;
        Text(table, location.Type);
        Text(table, location.Method);
        Text(table, location.File);
    }

    private static void AssertFinds(List<CodeMethod> map)
    {
        byte[] table = SymbolBlob.Of(map).Bytes;
        foreach (CodeMethod method in map)
        {
            for (ulong address = method.Start; address < method.End; address++)
            {
                LineRow row = method.Rows.LastOrDefault(row => row.Address <= address, new LineRow(0, "", 0));
                Assert.True(SymbolTable.TryFind(table, address, out SymbolLocation location));
                Assert.Equal((method.Name.Type, method.Name.Method), (Text(table, location.Type), Text(table, location.Method)));
                Assert.Equal((row.File, row.Line, address - method.Start), (Text(table, location.File), location.Line, location.Offset));
            }
        }
        Assert.False(SymbolTable.TryFind(table, map.Count == 0 ? 0 : map[^1].End, out _));
    }

    private static CodeMethod RandomMethod(System.Random random, ulong start, ulong end)
    {
        var rows = new List<LineRow>();
        for (ulong at = start; at < end && random.Next(8) != 0; at += (ulong)random.Next(1, 90))
            rows.Add(new LineRow(at, random.Next(9) == 0 ? "other.cs" : "some.cs", (uint)random.Next(1, 100000)));
        return new CodeMethod(start, end, new MethodName("Serai.Some.Type", "Method" + random.Next(5)), rows);
    }

    private static CodeMethod Method(ulong start, ulong end, (ulong Address, uint Line)[] rows) =>
        new(start, end, new MethodName("T", "M"), [.. rows.Select(row => new LineRow(row.Address, "f.cs", row.Line))]);

    private static string Text(byte[] table, ulong place) => Encoding.UTF8.GetString(SymbolTable.Text(table, place));
}
