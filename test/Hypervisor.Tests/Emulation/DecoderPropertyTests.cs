using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Serai.Hypervisor.Emulation;

namespace Serai.Hypervisor.Tests.Emulation;

public partial class DecoderPropertyTests
{
    private static readonly byte[] PrefixBytes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x40, 0x41, 0x44, 0x48, 0x4f];
    private static readonly HashSet<string> PrefixNames =
    [
        "lock", "rep", "repne", "xacquire", "xrelease", "data16", "addr32", "cs", "ds", "es", "ss", "fs", "gs", "rex64",
    ];

    [Fact]
    public void AnyBytesAtAllAreTakenWithoutHarm()
    {
        var bytes = ArbMap.Default.GeneratorFor<byte[]>().Where(value => value is not null).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(bytes, IsSound));
    }

    [Fact]
    public void BytesThatLookLikeInstructionsAreTakenWithoutHarm()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
            Assert.True(IsSound(Plausible(random)[..random.Next(16)]));
    }

    // A mistake here would have us emulate something other than what the processor would have executed.
    [Fact]
    public void WhateverIsAcceptedLLVMReadsAlike()
    {
        var random = new Random(2);
        var accepted = new List<(byte[] Bytes, Instruction Instruction)>();
        while (accepted.Count < 20_000)
        {
            var bytes = Plausible(random);
            InstructionDecoder.Decode(bytes, CodeMode.Long, out var instruction);
            if (instruction.Length != 0 && !IsBeyondLlvm(bytes, instruction))
                accepted.Add((bytes[..instruction.Length], instruction));
        }

        var texts = Toolchain.Disassemble(accepted.Select(item => item.Bytes).ToList());
        var differences =
            from pair in accepted.Zip(texts)
            let expected = WithoutFlatSegments(AttSyntax.Normalise(WithoutPrefixes(pair.Second), pair.First.Instruction.OperandSize))
            let actual = WithoutFlatSegments(AttSyntax.Format(pair.First.Instruction))
            where expected != actual
            select $"{Convert.ToHexString(pair.First.Bytes)}: {expected} against {actual}";
        Assert.Empty(differences);
    }

    // The processor ignores a REX byte that is not the last prefix, segments other than fs and gs, the mod field of moves from and to control
    // and debug registers, and other prefixes of wbinvd; and LLVM misprints stores after f2 and f3.
    private static bool IsBeyondLlvm(byte[] bytes, in Instruction instruction)
    {
        var end = 0;
        for (; IsRex(bytes[end]) || PrefixBytes.Contains(bytes[end]); end++)
        {
            if (IsRex(bytes[end]) && (IsRex(bytes[end + 1]) || PrefixBytes.Contains(bytes[end + 1])))
                return true;
        }

        var prefixes = bytes.AsSpan(0, end);
        var narrow = prefixes.Contains((byte)0x66);
        var repeated = prefixes.ContainsAny((byte)0xf2, (byte)0xf3);
        var thread = prefixes.ContainsAny((byte)0x64, (byte)0x65) && prefixes.IndexOfAny<byte>([0x26, 0x2e, 0x36, 0x3e]) >= 0;
        return thread || (repeated && instruction.WritesMemory) || instruction.Operation switch
        {
            Operation.ForcedCpuid => true,
            >= Operation.ReadControlRegister and <= Operation.WriteDebugRegister => bytes[instruction.Length - 1] < 0xc0,
            Operation.WriteBackInvalidate => narrow || repeated,
            _ => false,
        };
    }

    private static bool IsRex(byte value) => (value & 0xf0) == 0x40;

    private static bool IsSound(byte[] bytes)
    {
        InstructionDecoder.Decode(bytes, CodeMode.Long, out var instruction);
        InstructionDecoder.Decode(bytes, CodeMode.Compatibility, out var compatible);
        return IsSound(bytes.Length, instruction) && IsSound(bytes.Length, compatible);
    }

    private static bool IsSound(int given, in Instruction instruction)
    {
        if (instruction.Operation is Operation.Unknown or Operation.NeedMoreBytes)
            return instruction.Length == 0;
        return instruction.Length >= 1 && instruction.Length <= Math.Min(given, 15);
    }

    private static byte[] Plausible(Random random)
    {
        var bytes = new byte[15];
        random.NextBytes(bytes);
        var at = 0;
        while (at < 4 && random.Next(3) == 0)
            bytes[at++] = PrefixBytes[random.Next(PrefixBytes.Length)];
        if (random.Next(3) == 0)
            bytes[at] = 0x0f;
        return bytes;
    }

    private static string WithoutFlatSegments(string text) => FlatSegment().Replace(text, "");

    private static string WithoutPrefixes(string text)
    {
        var words = text.Replace(";", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.SkipWhile(PrefixNames.Contains));
    }

    [GeneratedRegex("%[cdes]s:")]
    private static partial Regex FlatSegment();
}
