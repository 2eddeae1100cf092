using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Time;
using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Console;

/// <summary>
/// Who gets what is typed: the hypervisor's own console, where single keys are commands, or a domain. The chord Ctrl-] (byte 0x1d; QEMU's own is
/// Ctrl-A) moves on to the next, Ctrl-^ (byte 0x1e) leads straight to the hypervisor, and there a domain's id and k lead straight to the domain.
/// </summary>
public static class Keyboard
{
    private const byte Chord = 0x1d, StraightChord = 0x1e;
    private const int Hypervisor = -1;

    /// <summary>Bytes taken in one turn; the rest waits for the next interrupt.</summary>
    private const int Budget = 64;

    private static readonly byte[] initialInput = new byte[256];
    private static uint inputHead;
    private static uint inputTail;
    private static int focus = Hypervisor;
    private static bool inEscape;
    private static ulong lastAt;

    /// <summary>The digits typed so far, for k.</summary>
    private static uint chosenId;
    private const uint Limit = 1 << 16;

    /// <summary>Whether the hypervisor has the keyboard because the chord gave it to it.</summary>
    private static bool isChosen;

    /// <summary>
    /// Serves the port: gives it more to transmit, reads what has been typed and passes it on, a bounded number of bytes; true where more may wait.
    /// The port's interrupt comes only when its line rises, so it must be served until it asks for nothing.
    /// </summary>
    public static bool Read()
    {
        Terminal.Transmit();
        GuestConsole.GoOn();
        for (int turn = 0; turn < Budget; turn++)
        {
            if (!Serial.TryRead(out byte letter))
                return Serial.IsAsking;
            Type(letter);
        }
        return true;
    }

    /// <summary>
    /// Takes one typed byte. Bytes with less than <see cref="EndingKeys.Quiet"/> between them are a burst: a terminal's answer, a paste, a key that
    /// sends several.
    /// </summary>
    public static void Type(byte letter)
    {
        bool isAlone = SystemTime.Since(lastAt) >= EndingKeys.Quiet;
        Give(letter, isAlone);
        // Behind what the byte has led to, which may have taken long.
        lastAt = SystemTime.Now;
    }

    private static void Give(byte letter, bool isAlone)
    {
        if (letter == Chord)
            MoveOn();
        else if (letter == StraightChord)
            Choose(Hypervisor);
        else if (focus < 0 || !DomainTable.TryFind((ushort)focus, out Link<Domain> domain))
            TypeCommand(letter, isAlone);
        else if (domain.Value.IsPrivileged)
            TypeToInitialDomain(ref domain.Value, letter);
        else
            GuestConsole.Type(ref domain.Value, letter);
    }

    /// <summary>
    /// A key for the hypervisor. A terminal's answers and its cursor keys come as escape sequences and strings, whose letters are no commands: what
    /// follows an escape in the same burst is left out.
    /// </summary>
    private static void TypeCommand(byte letter, bool isAlone)
    {
        const byte escape = 0x1b;
        inEscape = letter == escape || (inEscape && !isAlone);
        if (!inEscape && !EndingKeys.TryPress(letter, isAlone))
            TypePlain(letter);
    }

    private static void TypePlain(byte letter)
    {
        if (letter is >= (byte)'0' and <= (byte)'9')
        {
            chosenId = (chosenId * 10 + letter - '0') % Limit;
            return;
        }
        if (letter != (byte)'k')
            DebugKeys.Press(letter);
        else if (DomainTable.TryFind((ushort)chosenId, out _))
            Choose((int)chosenId);
        else
            Log.Always().Text("there is no domain "u8).Number(chosenId).End();
        chosenId = 0;
    }

    /// <summary>Whether the keyboard is a domain's now.</summary>
    public static bool IsFor(ref Domain domain) => focus == domain.Id;

    /// <summary>The domain that has the keyboard; false when the hypervisor has it.</summary>
    public static bool TryFindOwner(out Link<Domain> domain)
    {
        domain = default;
        return focus >= 0 && DomainTable.TryFind((ushort)focus, out domain);
    }

    /// <summary>
    /// Gives the keyboard to a domain that starts, if nobody wanted it where it is: so the first domain gets it, and one that reboots keeps it.
    /// </summary>
    public static void Offer(ref Domain domain)
    {
        if (focus == Hypervisor && !isChosen)
            GiveTo(domain.Id);
    }

    /// <summary>A domain is gone: its keyboard falls back to the hypervisor.</summary>
    public static void Forget(ref Domain domain)
    {
        if (focus != domain.Id)
            return;
        isChosen = false;
        GiveTo(Hypervisor);
    }

    private static void MoveOn()
    {
        uint from = focus < 0 ? 0 : (uint)focus + 1;
        Choose(DomainTable.TryFindFrom(from, out Link<Domain> next) ? next.Value.Id : Hypervisor);
    }

    private static void Choose(int owner)
    {
        isChosen = true;
        GiveTo(owner);
    }

    private static void GiveTo(int owner)
    {
        focus = owner;
        EndingKeys.Forget();
        Log line = Log.Always().Text("the keyboard is now "u8);
        if (owner >= 0 && DomainTable.TryFind((ushort)owner, out Link<Domain> domain))
        {
            line.Name(domain.Value).Text("'s (Ctrl-] moves on)"u8).End();
            GuestConsole.FlushHeld(ref domain.Value);
        }
        else
            line.Text("the hypervisor's (h for help, Ctrl-] moves on)"u8).End();
    }

    private static void TypeToInitialDomain(ref Domain domain, byte letter)
    {
        if (unchecked(inputHead - inputTail) < (uint)initialInput.Length)
        {
            initialInput[(int)(inputHead % 256)] = letter;
            inputHead = unchecked(inputHead + 1);
        }
        VirtualInterrupts.Raise(ref domain, Virq.Console, 0);
    }

    /// <summary>Takes a byte that was typed to the initial domain.</summary>
    public static bool TryTakeForInitialDomain(out byte letter)
    {
        letter = 0;
        if (inputHead == inputTail)
            return false;
        letter = initialInput[(int)(inputTail % 256)];
        inputTail = unchecked(inputTail + 1);
        return true;
    }
}
