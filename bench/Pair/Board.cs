namespace Serai.PairGuest;

/// <summary>What the first wants the second to do from the next event on.</summary>
internal enum Task : uint
{
    /// <summary>Answer each event and sleep for the next one by block: with an upcall.</summary>
    Answer,

    /// <summary>Answer each event and sleep for the next one by poll: without an upcall.</summary>
    AnswerPolling,

    /// <summary>Give the processor away again and again, counting that, until there is another task; then answer.</summary>
    Yield,

    /// <summary>Leave.</summary>
    End,
}

/// <summary>What both can see: in the memory of the one domain, or behind the head of the page that the two domains meet by.</summary>
internal struct Board
{
    /// <summary>Where it lies in the page of a meeting.</summary>
    internal const ulong Offset = 64;

    /// <summary>The task.</summary>
    internal Task Task;

    /// <summary>A reference by which the second grants a page to the first, or 0.</summary>
    internal uint Reference;

    /// <summary>How often the second has given the processor away.</summary>
    internal ulong Yields;
}
