namespace Serai.Machine.Processor;

/// <summary>Whether something is done against a leak of the processor's.</summary>
public enum Defence : byte
{
    /// <summary>Where the processor has the leak.</summary>
    AsNeeded,

    /// <summary>In any case.</summary>
    On,

    /// <summary>In no case.</summary>
    Off,
}
