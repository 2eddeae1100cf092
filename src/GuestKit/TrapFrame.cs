using System.Runtime.InteropServices;

namespace Serai.GuestKit;

/// <summary>
/// The registers at a trap, as X64/Traps.S pushes them below what the hypervisor pushed. What a handler changes, the guest goes on
/// with.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrapFrame
{
    /// <summary>General registers, the last pushed first.</summary>
    public ulong R15, R14, R13, R12, R11, R10, R9, R8, Rdi, Rsi, Rbp, Rbx, Rdx, Rcx, Rax;

    /// <summary>The exception's number, or <see cref="Traps.EventVector"/> and its successors for callbacks.</summary>
    public ulong Vector;

    /// <summary>The exception's error code; zero where there is none.</summary>
    public ulong ErrorCode;

    /// <summary>Where the guest was.</summary>
    public ulong Rip;

    /// <summary>
    /// The code selector in bits 0 to 15, its low two bits clear if the guest's kernel was interrupted; the saved event mask in bits 32
    /// to 39.
    /// </summary>
    public ulong Cs;

    /// <summary>Flags; IF is the opposite of the saved event mask.</summary>
    public ulong Rflags;

    /// <summary>The stack pointer.</summary>
    public ulong Rsp;

    /// <summary>The stack selector.</summary>
    public ulong Ss;
}
