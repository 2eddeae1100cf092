using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>
/// Where the parser of the command line says what it could not use. The parser prints nothing itself: the console may not be up yet.
/// </summary>
public interface IOptionSink
{
    /// <summary>The whole word <paramref name="option"/> (name=value) names no option; it is ignored.</summary>
    void Unknown(ReadOnlySpan<byte> option);

    /// <summary>The whole word <paramref name="option"/> has a value that its option does not take; what held before holds on.</summary>
    void BadValue(ReadOnlySpan<byte> option);
}
