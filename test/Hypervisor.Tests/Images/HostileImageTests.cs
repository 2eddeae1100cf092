using System;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>
/// Whatever bytes come as a module, the answer is an error or a kernel: no exception (which in ring 0 were a panic), no endless loop.
/// Bytes begin as something real and are then damaged, so that the deep parts of the decoders are reached.
/// </summary>
public sealed class HostileImageTests
{
    private static readonly byte[] Workspace = new byte[KernelImage.WorkspaceSize];

    [Theory]
    [InlineData("gzip -9n")]
    [InlineData("xz -c --check=none --x86 --lzma2")]
    [InlineData("lz4 -l -c9")]
    [InlineData("zstd -c -19 --no-check")]
    [InlineData("cat")]
    public void DamagedModulesDoNoHarm(string program)
    {
        byte[] kernel = [.. Elfs.Minimal(Elfs.StringNote(10, "!dom0|x"), Elfs.NumberNote(3, 0x1000)), .. Samples.Mixture(20_000, seed: 7)];
        byte[] stream = Compressor.Run(program, "", kernel);
        byte[] module = program == "cat" ? stream : Elfs.BzImage(stream, kernel.Length, appendSize: !program.StartsWith("gzip"));
        Gen<(int, byte)[]> damages = Gen.Choose(0, module.Length - 1).Zip(Gen.Choose(0, 255)).Select(pair => (pair.Item1, (byte)pair.Item2))
            .ArrayOf().Resize(6);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(700), Prop.ForAll(damages.ToArbitrary(), damage => Survives(module, damage)));
    }

    [Fact]
    public void RandomBytesBehindAnyMagicDoNoHarm()
    {
        byte[][] magics =
        [
            [], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x02, 0x21, 0x4C, 0x18],
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, 1, 0x69, 0x22, 0xDE, 0x36], [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1],
        ];
        Gen<byte[]> modules = Gen.Elements(magics).Zip(Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Resize(3000))
            .Select(pair => (byte[])[.. pair.Item1, .. pair.Item2]);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(modules.ToArbitrary(), bytes =>
        {
            Use(bytes);
            Use(Elfs.BzImage(bytes, 5000, appendSize: true));
        }));
    }

    private static void Survives(byte[] module, (int At, byte Value)[] damage)
    {
        byte[] damaged = [.. module];
        foreach ((int at, byte value) in damage)
            damaged[at] = value;
        Use(damaged);
        Use(damaged.AsSpan(0, damage.Length == 0 ? 0 : damage[0].At));
    }

    /// <summary>Goes all the way a module goes, as far as it lasts.</summary>
    private static void Use(ReadOnlySpan<byte> module)
    {
        if (KernelImage.Open(module, out KernelImage image) != ImageError.None || image.DestinationSize > 1 << 20)
            return;
        byte[] destination = new byte[image.DestinationSize];
        if (image.Decompress(module, destination, Workspace) != ImageError.None)
            return;
        if (KernelDescription.Read(image.File(module, destination), out KernelDescription kernel) == ImageError.None)
            Assert.InRange(kernel.Entry, kernel.VirtualStart, kernel.VirtualEnd - 1);
    }
}
