using Serai.Abi;

namespace Serai.Hypervisor.Ground;

/// <summary>What a hypercall answers in RAX: a number, an error as a negative number, or that it goes on later.</summary>
public static class CallResult
{
    /// <summary>Not a result: the call is to be made again with the registers as they are.</summary>
    public const long Again = long.MinValue;

    /// <summary>An error as guests see it.</summary>
    public static long Error(Errno error) => unchecked(-(long)error);

    /// <summary>The same where the call may want to go on later (Restart), its registers as they are.</summary>
    public static long Outcome(Errno error) => error == Errno.Restart ? Again : Error(error);
}
