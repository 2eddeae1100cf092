using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Console;

/// <summary>Who gets what is typed: a domain, or the hypervisor.</summary>
public static class KeyboardFocus
{
    /// <summary>The keyboard's owner where it is no domain.</summary>
    public const int Hypervisor = -1;

    private const uint InputRoom = 256;

    /// <summary>What was typed to the initial domain, in a ring.</summary>
    [InlineArray((int)InputRoom)]
    public struct InputBytes
    {
        private byte element;
    }

    private static ref uint InputHead => ref ConsoleState.Now.KeyboardFocusInputHead;
    private static ref uint InputTail => ref ConsoleState.Now.KeyboardFocusInputTail;
    private static ref int Focus => ref ConsoleState.Now.KeyboardFocusFocus;

    /// <summary>Whether the hypervisor has the keyboard because the chord gave it to it.</summary>
    private static ref bool IsChosen => ref ConsoleState.Now.KeyboardFocusIsChosen;

    /// <summary>How often the keyboard has got an owner: what was asked of a former one is not answered by the next.</summary>
    public static uint Moves => ConsoleState.Now.KeyboardFocusMoves;

    /// <summary>Whether the keyboard is a domain's now.</summary>
    public static bool IsFor(ref Domain domain) => Focus == domain.Id;

    /// <summary>The domain that has the keyboard; false when the hypervisor has it.</summary>
    public static bool TryFindOwner(out Link<Domain> domain)
    {
        domain = default;
        return Focus >= 0 && DomainTable.TryFind((ushort)Focus, out domain);
    }

    /// <summary>
    /// Gives the keyboard to a domain that starts, if nobody wanted it where it is: so the first domain gets it, and one that reboots keeps it.
    /// </summary>
    public static void Offer(ref Domain domain)
    {
        if (Focus == Hypervisor && !IsChosen)
            GiveTo(domain.Id);
    }

    /// <summary>A domain is gone: its keyboard falls back to the hypervisor.</summary>
    public static void Forget(ref Domain domain)
    {
        if (Focus != domain.Id)
            return;
        IsChosen = false;
        GiveTo(Hypervisor);
    }

    /// <summary>The next domain gets the keyboard, or behind the last one the hypervisor.</summary>
    public static void MoveOn()
    {
        uint from = Focus < 0 ? 0 : (uint)Focus + 1;
        Choose(DomainTable.TryFindFrom(from, out Link<Domain> next) ? next.Value.Id : Hypervisor);
    }

    /// <summary>Somebody has chosen who gets the keyboard: a domain by its id, or the hypervisor.</summary>
    public static void Choose(int owner)
    {
        IsChosen = true;
        GiveTo(owner);
    }

    private static void GiveTo(int owner)
    {
        Focus = owner;
        ConsoleState.Now.KeyboardFocusMoves = unchecked(Moves + 1);
        Log line = Log.Always().Text("the keyboard is now "u8);
        if (owner >= 0 && DomainTable.TryFind((ushort)owner, out Link<Domain> domain))
        {
            line.Name(domain.Value).Text("'s (Ctrl-] moves on)"u8).End();
            GuestConsole.FlushHeld(ref domain.Value);
        }
        else
            line.Text("the hypervisor's (h for help, Ctrl-] moves on)"u8).End();
    }

    /// <summary>A byte was typed to the initial domain.</summary>
    public static void TypeToInitialDomain(ref Domain domain, byte letter)
    {
        if (unchecked(InputHead - InputTail) < InputRoom)
        {
            ConsoleState.Now.KeyboardFocusInitialInput[(int)(InputHead % InputRoom)] = letter;
            InputHead = unchecked(InputHead + 1);
        }
        VirtualInterrupts.Raise(ref domain, Virq.Console, 0);
    }

    /// <summary>Takes a byte that was typed to the initial domain.</summary>
    public static bool TryTakeForInitialDomain(out byte letter)
    {
        letter = 0;
        if (InputHead == InputTail)
            return false;
        letter = ConsoleState.Now.KeyboardFocusInitialInput[(int)(InputTail % InputRoom)];
        InputTail = unchecked(InputTail + 1);
        return true;
    }
}
