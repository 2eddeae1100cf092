namespace Serai.Hypervisor.Output;

/// <summary>What the source of some output may do to the terminal (docs/decisions/terminal.md).</summary>
public enum TerminalRights : byte
{
    /// <summary>Print characters, and begin lines.</summary>
    Text,

    /// <summary>Also move within its own line, erase in it and colour it: a domain that has the keyboard.</summary>
    Editing,

    /// <summary>Everything: the initial domain while it has the keyboard, whose terminal it is.</summary>
    All,
}
