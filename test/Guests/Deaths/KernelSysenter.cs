using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// A kernel that executes `sysenter` itself: the instruction keeps neither RIP nor RSP, and the frame for the kernel belongs onto the stack that is
/// lost. Where the processor has it the domain ends, for a frame at address 0 goes round the end of all addresses; where not, it is an exception.
/// </summary>
internal static class KernelSysenter
{
    internal static void Run()
    {
        bool has = Traps.SetCallback(CallbackType.Sysenter, Traps.Stub(Traps.SyscallVector)) == 0;
        Verdict.Expect(!Probe.Code([0x0f, 0x34], Probe.CodePage), "sysenter"u8);
        Verdict.Expect(!has && Traps.Last.Vector is 6 or 13, "it lives"u8);
    }
}
