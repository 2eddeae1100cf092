using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>
/// Who gets what is typed: the hypervisor's own console, where single keys are commands, or a domain. The chord Ctrl-] (byte 0x1d; QEMU's own is
/// Ctrl-A) moves on to the next, Ctrl-^ (byte 0x1e) leads straight to the hypervisor, and there a domain's id and k lead straight to the domain.
/// </summary>
public static class Keyboard
{
    private const byte Chord = 0x1d, StraightChord = 0x1e;

    /// <summary>Bytes taken in one turn; the rest waits for the next interrupt.</summary>
    private const int MostAtOnce = 64;

    private static ref bool InEscape => ref DiagnosticsState.Now.KeyboardInEscape;

    /// <summary>The digits typed so far, for k.</summary>
    private static ref uint ChosenId => ref DiagnosticsState.Now.KeyboardChosenId;
    private const uint Limit = 1 << 16;

    /// <summary>
    /// Serves the port: gives it more to transmit, reads what has been typed and passes it on, a bounded number of bytes; true where more may wait.
    /// The port's interrupt comes only when its line rises, so it must be served until it asks for nothing.
    /// </summary>
    public static bool Read()
    {
        Terminal.Transmit();
        GuestConsole.GoOn();
        for (int turn = 0; turn < MostAtOnce; turn++)
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
        bool isAlone = SystemTime.Since(DiagnosticsState.Now.KeyboardLastAt) >= EndingKeys.Quiet;
        Give(letter, isAlone);
        // Behind what the byte has led to, which may have taken long.
        DiagnosticsState.Now.KeyboardLastAt = SystemTime.Now;
    }

    private static void Give(byte letter, bool isAlone)
    {
        if (letter == Chord)
            KeyboardFocus.MoveOn();
        else if (letter == StraightChord)
            KeyboardFocus.Choose(KeyboardFocus.Hypervisor);
        else if (!KeyboardFocus.TryFindOwner(out Link<Domain> domain))
            TypeCommand(letter, isAlone);
        else if (domain.Value.Rights.IsInitial)
            KeyboardFocus.TypeToInitialDomain(ref domain.Value, letter);
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
        InEscape = letter == escape || (InEscape && !isAlone);
        if (!InEscape && !EndingKeys.TryPress(letter, isAlone))
            TypePlain(letter);
    }

    private static void TypePlain(byte letter)
    {
        if (letter is >= (byte)'0' and <= (byte)'9')
        {
            ChosenId = (ChosenId * 10 + letter - '0') % Limit;
            return;
        }
        if (letter != (byte)'k')
            DebugKeys.Press(letter);
        else if (DomainTable.TryFind((ushort)ChosenId, out _))
            KeyboardFocus.Choose((int)ChosenId);
        else
            Log.Always().Text("there is no domain "u8).Number(ChosenId).End();
        ChosenId = 0;
    }
}
