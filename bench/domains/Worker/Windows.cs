using Serai.GuestKit;

namespace Serai.BenchWorker;

/// <summary>
/// The windows of the machine's time in which work is counted: `from=` milliseconds after the hypervisor's start the first one, `window=` long or so
/// long that there is room for one and a half slices (`slice=`) for each of those who work in it, and `gap=` before the next. Which `copy=` this
/// guest is says in which it works; in the others it sleeps.
/// </summary>
internal struct Windows
{
    private const ulong Millisecond = 1_000_000;

    private ulong from, window, slice, gap, copy;

    /// <summary>How many there are.</summary>
    public int Count;

    /// <summary>Those that the command line asks for.</summary>
    public static Windows FromCommandLine() => new()
    {
        from = Guest.Number("from="u8, 1_000) * Millisecond,
        window = Guest.Number("window="u8, 500) * Millisecond,
        slice = Guest.Number("slice="u8, 5) * Millisecond,
        gap = Guest.Number("gap="u8, 200) * Millisecond,
        copy = Guest.Number("copy="u8, 1),
        Count = (int)Guest.Number("windows="u8, 1),
    };

    /// <summary>Whether this guest works in a window: the first 2^k do in window k.</summary>
    public readonly bool IsMine(int number) => copy <= 1ul << number;

    /// <summary>When a window begins.</summary>
    public readonly ulong Beginning(int number)
    {
        ulong time = from;
        for (int earlier = 0; earlier < number; earlier++)
            time += Length(earlier) + gap;
        return time;
    }

    /// <summary>When a window ends.</summary>
    public readonly ulong End(int number) => Beginning(number) + Length(number);

    private readonly ulong Length(int number)
    {
        ulong round = (slice << number) * 3 / 2;
        return round > window ? round : window;
    }
}
