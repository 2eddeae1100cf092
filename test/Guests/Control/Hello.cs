using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// The least that a guest can do: it starts, reads what its builder left for it, says so on the console and leaves.
/// Whatever else is wrong, this one must pass.
/// </summary>
internal static class Hello
{
    internal static void Run()
    {
        Verdict.Expect(Guest.StartInfo.Magic.AsReadOnlySpan().StartsWith("xen-3"u8), "start_info has no magic"u8);
        Verdict.Expect(Guest.StartInfo.PageCount > 0, "start_info says that there is no memory"u8);
        long version = Hypercalls.Call(Hypercall.XenVersion);
        Verdict.Expect(version > 0, "xen_version"u8);
        Verdict.ExpectResult(Hypercalls.CallByPage(Hypercall.XenVersion), version, "xen_version through the hypercall page"u8);
        Verdict.Expect(!Probe.Load(0xffff_8300_0000_0000, out _), "the hypervisor's memory can be read"u8);
        Verdict.Expect(Traps.Last.Vector == 14, "reading the hypervisor's memory gave another trap than a page fault"u8);
        Verdict.Expect(Traps.LastAddress == 0xffff_8300_0000_0000, "the page fault named another address"u8);
    }
}
