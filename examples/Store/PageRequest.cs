namespace Serai.Examples.Store;

/// <summary>What a client can ask of the store.</summary>
internal enum Operation : uint
{
    /// <summary>Nothing; the answer is what the measurement counts.</summary>
    Nothing,

    /// <summary>Put the granted page into the store under a number.</summary>
    Write,

    /// <summary>Fill the granted page with the stored one of a number.</summary>
    Read,

    /// <summary>Add up the granted page's words where they lie; nothing is copied.</summary>
    Sum,

    /// <summary>Let go of everything and end; the answer says how many events the store has sent.</summary>
    Finish,
}

/// <summary>A request: the page is told by the reference of the client's grant.</summary>
internal struct PageRequest
{
    internal ulong Id;
    internal Operation Operation;
    internal uint Reference;
    internal ulong Number;
}

/// <summary>A response: 0 or a negative error, and the sum of the page's words.</summary>
internal struct PageResponse
{
    internal ulong Id;
    internal long Status;
    internal ulong Value;
}
