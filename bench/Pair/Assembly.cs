using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.PairGuest;

/// <summary>What X64/Second.S and marks.S define.</summary>
internal static class Assembly
{
    /// <summary>Begins a sample of a row (bench/rows).</summary>
    [RuntimeImport("*", "MarkStart"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void MarkStart(int row);

    /// <summary>Ends the sample: 2 to that power operations were performed.</summary>
    [RuntimeImport("*", "MarkStop"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void MarkStop(int operations);

    /// <summary>Where virtual CPU 1 takes its events.</summary>
    [RuntimeImport("*", "SecondEventEntry"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern ulong SecondEventEntry();

    /// <summary>A moment's wait for another processor.</summary>
    [RuntimeImport("*", "PauseProcessor"), MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void Pause();
}
