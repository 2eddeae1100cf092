namespace Serai.GuestKit;

/// <summary>What <see cref="Threads"/> knows of a thread.</summary>
internal struct ThreadRecord
{
    /// <summary>Where it goes on, while another runs.</summary>
    public ulong StackPointer;

    /// <summary>The end of its stack; 0 for the one that runs GuestMain.</summary>
    public ulong StackTop;

    /// <summary>The port that it waits for, or 0.</summary>
    public long Port;

    /// <summary>Whether it has begun and not ended.</summary>
    public bool IsUsed;
}
