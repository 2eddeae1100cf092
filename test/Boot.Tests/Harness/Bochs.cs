using System.IO;

namespace Serai.Boot.Tests.Harness;

/// <summary>Machines under Bochs.</summary>
public static class Bochs
{
    /// <summary>Starts one.</summary>
    /// <param name="test">Names the transcript, out/logs/boot/TEST.log, and what Bochs says itself, TEST.bochs.log beside it.</param>
    /// <param name="settings">What it is made of; the processor is one of 'bochs --help cpu'.</param>
    public static BochsMachine Start(string test, MachineSettings settings)
    {
        string log = Workspace.LogOf(test);
        return new BochsMachine(Workspace.Complete(settings), Path.ChangeExtension(log, null), new Transcript(log));
    }
}
