using System;

namespace Serai.Simulation;

/// <summary>
/// The moments at which guests on other processors get on while the hypervisor holds its lock: whenever it looks at a table or at a guest's memory,
/// and while it waits for other processors. What happens then is the test's to say; nothing by default.
/// </summary>
public static class Moments
{
    private static bool inside;

    /// <summary>What happens in a moment.</summary>
    public static Action? Pass { get; set; }

    /// <summary>A moment has come. What happens in it has no moments of its own.</summary>
    internal static void Come()
    {
        if (Pass is null || inside)
            return;
        inside = true;
        try
        {
            Pass();
        }
        finally
        {
            inside = false;
        }
    }
}
