using System;

namespace Serai.Boot.Tests;

/// <summary>The hypervisor's words that tests look for, in one place: its console texts may change, these then follow.</summary>
public static class Expected
{
    /// <summary>Begins the report of a panic of the hypervisor itself.</summary>
    public const string Panic = EmulatedMachine.Panic;

    /// <summary>The kernel's own word that it knows where it runs.</summary>
    public const string KernelOnXen = "Booting kernel on Xen";

    /// <summary>The kernel's own word that it has chosen the FIFO form of event channels.</summary>
    public const string KernelUsesFifo = "Using FIFO-based ABI";

    /// <summary>The line with which the guests' userland greets.</summary>
    public const string Greeting = "The userland is Debian's busybox-static, unmodified";

    /// <summary>The chord that moves the keyboard on: Ctrl-].</summary>
    public const string KeyboardChord = "\u001d";

    /// <summary>The chord that leads straight to the hypervisor: Ctrl-^.</summary>
    public const string StraightChord = "\u001e";

    /// <summary>Part of every line that says where the keyboard went.</summary>
    public const string KeyboardMoved = "the keyboard is now ";

    /// <summary>The keyboard is with the hypervisor's own console.</summary>
    public const string KeyboardToHypervisor = KeyboardMoved + "the hypervisor's";

    /// <summary>Keys of the hypervisor's own console.</summary>
    public const char KeyHelp = 'h', KeyDomains = 'q', KeyMemory = 'm', KeyEvents = 'e', KeyRunQueue = 'r', KeyGrants = 'g', KeyExits = 'x';

    /// <summary>The key that counts domains.</summary>
    public const char KeyCounts = 'n';

    /// <summary>Keys that end the machine's run: power off, reset, a panic on purpose.</summary>
    public const char KeyPowerOff = 'P', KeyRestart = 'R', KeyCrash = 'C';

    /// <summary>At boot the console says which keys move the keyboard.</summary>
    public const string ChordAnnounced = "Ctrl-] moves on";

    /// <summary>In the report of a crashed domain: its registers.</summary>
    public const string RegisterInReport = "rip";

    /// <summary>The first words of GRUB's menu on the disc.</summary>
    public const string GrubMenu = "Serai: two Debian guests (multiboot1)";

    /// <summary>
    /// Why a module starts no domain. The line also names the module, by its file or its domain. A bar parts words that are equally good.
    /// </summary>
    public const string
        ReasonEmpty = "the module is empty",
        ReasonTruncated = "truncated|corrupt",
        ReasonCorrupt = "corrupt|checksum mismatch|differs",
        ReasonNoKernel = "neither a bzImage nor an ELF",
        ReasonNoNotes = "no Xen notes",
        ReasonFeature = "feature that is not offered",
        ReasonLoader = "loader other than generic",
        ReasonMemorySmall = "the memory is too small",
        ReasonMemoryLacking = "there is not that much memory",
        ReasonNameTaken = "there is a domain of that name",
        ReasonNameLong = "over 31 bytes",
        ReasonNotSize = "not a size",
        ReasonUnknownWord = "unknown word",
        ReasonNoName = "has no name",
        ReasonNoRamdisk = "its ramdisk is missing";

    /// <summary>There is no module, or none that could be started.</summary>
    public const string NothingToRun = "there is no domain to run";

    /// <summary>How a micro-guest's good verdict and each line of a bad one begin (src/GuestKit/Verdict.cs).</summary>
    public const string AnyPass = "PASS ", Fail = "FAIL ";

    /// <summary>A domain of micro-guests has told all its stories.</summary>
    public const string EndOfStories = "END of the stories";

    /// <summary>The hypervisor's key that recounts all frames, and its answer when the count agrees with the frame table.</summary>
    public const char KeyRecount = 'w';

    /// <summary>The answer to <see cref="KeyRecount"/> when all is well.</summary>
    public const string BooksAgree = "frames recounted: 0 disagree";

    /// <summary>What no line of a healthy kernel contains.</summary>
    public static readonly string[] KernelComplaints =
    [
        "BUG:", "kernel BUG", "WARNING: CPU", "Oops", "Call Trace:", "Kernel panic", "general protection fault", "soft lockup",
        "self-detected stall",
    ];

    /// <summary>What stands before each line of a further domain.</summary>
    public static string PrefixOf(string domain) => $"({domain}) ";

    /// <summary>The keyboard is with a domain; an empty name is the initial domain.</summary>
    public static string KeyboardTo(string domain) => KeyboardMoved + (domain.Length == 0 ? "Domain-0" : domain) + "'s";

    /// <summary>The hypervisor started a domain.</summary>
    public static string Started(string domain) => $"domain {domain} starts: ";

    /// <summary>A domain has died for this reason.</summary>
    public static string Died(string domain, string reason) => $"domain {domain}: {reason}";

    /// <summary>A kernel has asked for its own end as a crash; its registers follow.</summary>
    public static string GaveUp(string domain) => $"domain {domain}, vCPU 0 gives up";

    /// <summary>All frames of a dead domain are free again; the line ends with <c>(N free)</c>.</summary>
    public static string FramesBack(string domain) => $"domain {domain}: gone, all its frames are back";

    /// <summary>The good verdict of a micro-guest.</summary>
    public static string Pass(string guest) => AnyPass + guest;

    /// <summary>An option on the hypervisor's command line that it does not know.</summary>
    public static string UnknownOption(string option) => $"unknown option '{option}";

    /// <summary>Whether a line contains one of the words of a reason.</summary>
    public static bool Says(string line, string reason) => Array.Exists(reason.Split('|'), word => line.Contains(word, StringComparison.Ordinal));
}
