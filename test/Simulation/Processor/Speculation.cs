using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>What speculation could carry from one domain to the next: the journal tells when it is emptied.</summary>
public static class Speculation
{
    /// <summary>Finds out what the processor offers.</summary>
    public static void Initialise()
    {
    }

    /// <summary>Leaves nothing of the domain that ran for the one that comes.</summary>
    public static void Forget() => Journal.Write(Act.ForgetSpeculation);
}
