using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>How much a message matters, by Xen's names; a threshold at a level lets it and all below it through.</summary>
public enum LogLevel : byte
{
    /// <summary>As a threshold: nothing passes.</summary>
    None,
    /// <summary>Something failed.</summary>
    Error,
    /// <summary>Something looks wrong.</summary>
    Warning,
    /// <summary>Something happened.</summary>
    Info,
    /// <summary>Written "debug" or "all": everything passes.</summary>
    Debug,
}

/// <summary>
/// Two thresholds, written <c>always/limited</c>: up to the first every message is printed, from there to the second at a limited rate.
/// </summary>
public struct LogThreshold
{
    /// <summary>Messages up to this level are always printed.</summary>
    public LogLevel Always;

    /// <summary>Messages up to this level are printed if there are not too many of them; never below <see cref="Always"/>.</summary>
    public LogLevel Limited;

    /// <summary>Reads <c>level</c> or <c>level/level</c>; false if a level is unknown or the second lies below the first.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out LogThreshold threshold)
    {
        threshold = default;
        int slash = OptionText.IndexOf(text, (byte)'/');
        bool good = TryLevel(text.Slice(0, slash), out threshold.Always);
        threshold.Limited = threshold.Always;
        if (slash != text.Length)
            good = good && TryLevel(text.Slice(slash + 1), out threshold.Limited) && threshold.Limited >= threshold.Always;
        return good;
    }

    private static bool TryLevel(ReadOnlySpan<byte> text, out LogLevel level)
    {
        int place = OptionText.PlaceIn("none,error,warning,info,debug,all"u8, text);
        level = place < 0 ? LogLevel.None : place < (int)LogLevel.Debug ? (LogLevel)place : LogLevel.Debug;
        return place >= 0;
    }
}
