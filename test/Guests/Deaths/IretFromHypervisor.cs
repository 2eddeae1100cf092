using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// An iret whose stack points into the hypervisor would load the hypervisor's own words as a context and show them in the guest's registers.
/// The guest must die before any is read.
/// </summary>
internal static class IretFromHypervisor
{
    internal static void Run()
    {
        Probe.Code([0x48, 0x89, 0xfc, 0xb8, 0x17, 0, 0, 0, 0x0f, 0x05], 0xffff_8300_0010_0000);
        Verdict.Expect(false, "it lives"u8);
    }
}
