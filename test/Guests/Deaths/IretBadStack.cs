using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// The context of an iret lies on the guest's stack, which may be anywhere. The hypervisor reads it in its fastest path, with the guest's other
/// registers still live. A stack that is not there is the guest's end, not the machine's.
/// </summary>
internal static class IretBadStack
{
    internal static void Run()
    {
        Probe.Code([0x48, 0x89, 0xfc, 0xb8, 0x17, 0, 0, 0, 0x0f, 0x05], 0x5000);
        Verdict.Expect(false, "it lives"u8);
    }
}
