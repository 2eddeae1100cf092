namespace Serai.Machine.Memory;

/// <summary>
/// The processor's larger page: the most frames that are handled in one step. The simulated machine's may be as small as a test wants.
/// </summary>
public static class LargePage
{
    /// <summary>log2 of its frames: 2 MiB.</summary>
    public const int Order = 9;
}
