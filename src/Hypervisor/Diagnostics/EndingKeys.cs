using System;

using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Machine;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>
/// The keys that end the machine's run. Each asks, and is done on a y; both are typed by a person, so each must come alone. What a terminal answers,
/// or a paste, comes in a burst, and ends nothing.
/// </summary>
public static class EndingKeys
{
    /// <summary>A byte that comes so soon after another, in nanoseconds, belongs to a burst: no finger is as quick.</summary>
    public const ulong Quiet = 100_000_000;

    /// <summary>How long the question stands, and how long the line is looked at for what follows the answer.</summary>
    private const ulong Patience = 10_000_000_000, AfterAnswer = 20_000_000;
    private const uint MostLooks = 1_000_000;

    private static ref byte Asked => ref DiagnosticsState.Now.EndingKeysAsked;
    private static ref ulong AskedAt => ref DiagnosticsState.Now.EndingKeysAskedAt;

    /// <summary>Takes a key that ends the machine's run, or any while that was asked for; false for others.</summary>
    public static bool TryPress(byte key, bool isAlone)
    {
        byte question = DiagnosticsState.Now.EndingKeysAskedMoves == KeyboardFocus.Moves && SystemTime.Since(AskedAt) < Patience ? Asked : (byte)0;
        Asked = 0;
        if (question != 0)
            Answer(question, isAlone && key == (byte)'y' && StaysQuiet());
        else if (key is not ((byte)'C' or (byte)'R' or (byte)'P'))
            return false;
        else if (isAlone)
            Ask(key);
        else
            Log.Always().Letter(key).Text(" came together with other keys: it counts only when it is typed by itself"u8).End();
        return true;
    }

    private static void Ask(byte key)
    {
        (Asked, AskedAt, DiagnosticsState.Now.EndingKeysAskedMoves) = (key, SystemTime.Now, KeyboardFocus.Moves);
        ReadOnlySpan<byte> deed = key switch
        {
            (byte)'C' => "crash the hypervisor"u8,
            (byte)'R' => "restart the machine"u8,
            _ => "power the machine off"u8,
        };
        Log.Always().Text(deed).Text("? y within ten seconds does it, any other key does not"u8).End();
    }

    /// <summary>Whether nothing more comes at once: then the answer was typed.</summary>
    private static bool StaysQuiet()
    {
        ulong began = SystemTime.Now;
        for (uint look = 0; look < MostLooks && SystemTime.Since(began) < AfterAnswer; look++)
        {
            if (Serial.TryRead(out _))
                return false;
            Instructions.Pause();
        }
        return true;
    }

    private static void Answer(byte question, bool isYes)
    {
        if (!isYes)
            Log.Always().Text("nothing is done"u8).End();
        else if (question == (byte)'C')
            CrashOnPurpose();
        else if (question == (byte)'R')
            MachineEnd.Restart();
        else
            MachineEnd.PowerOff();
    }

    /// <summary>A table index that cannot be: the check that fails is the one that a bug would meet.</summary>
    private static void CrashOnPurpose() => FrameTable.All[ulong.MaxValue].BeginFree(0);
}
