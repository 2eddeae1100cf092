namespace Serai.GuestKit.Rings;

/// <summary>What taking an entry from a ring comes to.</summary>
public enum RingState
{
    /// <summary>There is none.</summary>
    Empty,

    /// <summary>Here it is.</summary>
    Taken,

    /// <summary>The other end's index cannot be: nothing more is to be had from this ring.</summary>
    Broken,
}
