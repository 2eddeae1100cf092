using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// A trap's frame goes where the guest's stack pointer says. Pointed into the hypervisor, each trap is a write of seven chosen words into it.
/// </summary>
internal static class StackInHypervisor
{
    internal static void Run()
    {
        // mov rsp, rdi; ud2
        Probe.Code([0x48, 0x89, 0xfc, 0x0f, 0x0b], 0xffff_8300_0010_0000);
        Verdict.Expect(false, "it lives"u8);
    }
}
