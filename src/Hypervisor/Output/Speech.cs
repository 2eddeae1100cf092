namespace Serai.Hypervisor.Output;

/// <summary>Who has something to read or to write between guests: a bit each.</summary>
[System.Flags]
public enum Speaker : byte
{
    None = 0,

    /// <summary>The serial port, which has not come to its end.</summary>
    Keyboard = 1,

    /// <summary>Guests' rings that could not be emptied.</summary>
    HeldBack = 2,

    /// <summary>The line that the keyboard's owner has begun.</summary>
    Unfinished = 4,

    /// <summary>A report that is not through.</summary>
    Report = 8,
}

/// <summary>
/// Whether anybody has something to read or to write between guests: one byte, since it is asked before every choice of who runs. Each bit is its
/// owner's to set; the screen, which belongs to the machine, is asked apart.
/// </summary>
public static class Speech
{
    private static ref Speaker Speakers => ref OutputState.Now.SpeechSpeakers;

    /// <summary>Whether anybody has.</summary>
    public static bool IsDue => Speakers != Speaker.None;

    /// <summary>Whether one has.</summary>
    public static bool IsDueFrom(Speaker speaker) => (Speakers & speaker) != 0;

    /// <summary>One has something, or nothing more.</summary>
    public static void Note(Speaker speaker, bool isDue) => Speakers = isDue ? Speakers | speaker : Speakers & ~speaker;
}
