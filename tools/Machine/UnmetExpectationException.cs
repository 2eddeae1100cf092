using System;

namespace Serai.Emulators;

/// <summary>What was awaited of a machine did not come; the message says what, why the wait is over, and how the transcript ends.</summary>
public sealed class UnmetExpectationException(string message) : Exception(message);
