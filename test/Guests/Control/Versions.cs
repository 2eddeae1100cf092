using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// xen_version is what a guest asks first and Linux panics over: bits that must be set, bits that must not, texts of a fixed length with an end.
/// </summary>
internal static unsafe class Versions
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        Verdict.ExpectResult(Ask(VersionCommand.Version, 0), 0x4_0011, "the version"u8);
        Verdict.ExpectResult(Ask(VersionCommand.PageSize, 0), 4096, "the size of a page"u8);
        Text(VersionCommand.ExtraVersion, page, 16);
        Text(VersionCommand.Capabilities, page, 1024);
        Verdict.Expect(new ReadOnlySpan<byte>((byte*)page, 1024).StartsWith("xen-3.0-x86_64"u8), "the capabilities"u8);
        Text(VersionCommand.Changeset, page, 64);
        Text(VersionCommand.CompileInfo, page, 144);
        Verdict.ExpectDone(Ask(VersionCommand.PlatformParameters, page), "the platform's parameters"u8);
        Verdict.Expect(*(ulong*)page == AddressSpace.HypervisorStart, "where the hypervisor begins"u8);
        VersionFeatureInfo features = default;
        Verdict.ExpectDone(Ask(VersionCommand.GetFeatures, Hypercalls.AddressOf(in features)), "the features"u8);
        const uint needed = (1 << 5) | (1 << 7), wrong = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 3) | (1 << 8) | (1 << 9) | (1 << 12);
        Verdict.Expect((features.Submap & needed) == needed && (features.Submap & wrong) == 0, "the bits of the features"u8);
        Verdict.Expect((features.Submap >> 11 & 1) == (Guest.IsInitial ? 1u : 0u), "the bit of the initial domain"u8);
        features.SubmapIndex = 1;
        Verdict.ExpectError(Ask(VersionCommand.GetFeatures, Hypercalls.AddressOf(in features)), Errno.Inval, "the second word of features"u8);
        features.SubmapIndex = uint.MaxValue;
        Verdict.ExpectError(Ask(VersionCommand.GetFeatures, Hypercalls.AddressOf(in features)), Errno.Inval, "the last word of features"u8);
        long line = Ask(VersionCommand.CommandLine, page);
        Verdict.ExpectResult(line, Guest.IsInitial ? 0 : -(long)Errno.Perm, "the hypervisor's command line"u8);
    }

    private static void Text(VersionCommand command, ulong page, int length)
    {
        var text = new Span<byte>((byte*)page, length + 1);
        text.Fill(0x7f);
        Verdict.ExpectDone(Ask(command, page), "a text"u8);
        Verdict.Expect(text[length - 1] == 0 && text[0] != 0, "a text has no end, or is empty"u8);
        Verdict.Expect(text[length] == 0x7f, "a text is longer than its buffer"u8);
    }

    private static long Ask(VersionCommand command, ulong buffer) => Hypercalls.Call(Hypercall.XenVersion, (ulong)command, buffer);
}
