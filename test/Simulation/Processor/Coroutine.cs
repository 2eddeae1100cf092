using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>The second stack, simulated: what would run on it is done at once by the test's <see cref="Body"/>.</summary>
public static class Coroutine
{
    public const int StackOrder = 4;

    /// <summary>What the second stack does when it is entered.</summary>
    public static Action? Body { get; set; }

    public static bool IsInside { get; private set; }

    public static void Prepare(Mfn stack)
    {
    }

    public static void Enter()
    {
        IsInside = true;
        Body?.Invoke();
        IsInside = false;
    }

    public static void Leave() => IsInside = false;

    public static void Allow()
    {
    }

    public static void Forbid()
    {
    }
}
