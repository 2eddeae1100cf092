using Serai.Machine;

namespace Serai.Hypervisor.Output;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct OutputState
{
    /// <summary>The machine's.</summary>
    public static ref OutputState Now => ref PerMachine<OutputState>.Now;

    public bool TerminalIsColoured;
    public bool TerminalIsChanged;
    public bool TerminalIsAtLineStart;
    public uint TerminalLineSent;
    public ulong TerminalLineMovedAt;
    public ulong LogBudgetSecond;
    public uint LogBudgetUsed;
    public ulong ScreenAgain;
    public bool ScreenIsShowing;
    public int ScreenWriter;
    public Speaker SpeechSpeakers;
    public int HypervisorConsoleLineSource;
    public ulong HypervisorConsoleLost;
    public int GuestTextWaiting;
    public bool GuestTextReturnWaits;
    public uint GuestTextStart;
    public uint GuestTextColumn;
    public uint GuestTextExtent;
    public int GuestTextMatched;
    public GuestText.SequenceBytes GuestTextSequence;

    /// <summary>What is not zero before the machine is looked at.</summary>
    public static void Begin()
    {
        Now.TerminalIsAtLineStart = true;
        Now.ScreenWriter = Screen.Nobody;
        Now.HypervisorConsoleLineSource = HypervisorConsole.Self;
    }
}
