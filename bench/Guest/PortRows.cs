using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>
/// Ports of the machine, which the initial domain's kernel may use: single bytes of the one for progress codes, which reads back nothing and drives
/// nothing, and a word of a PCI function's configuration, which is two ports: one that chooses, and one for the word.
/// </summary>
internal static class PortRows
{
    private const int Loops = 10;
    private const ulong Progress = 0x80;
    private const uint Command = 4;

    internal static void Run(uint device)
    {
        Assembly.MarkStart(47);
        for (int i = 0; i < 1 << Loops; i++)
            Ports.In8(Progress);
        Assembly.MarkStop(Loops);
        Assembly.MarkStart(39);
        for (int i = 0; i < 1 << Loops; i++)
            Ports.Out8(Progress, (byte)i);
        Assembly.MarkStop(Loops);
        uint before = Ports.ReadConfiguration(device, Command), differing = 0;
        Assembly.MarkStart(40);
        for (int i = 0; i < 1 << Loops; i++)
            differing |= Ports.ReadConfiguration(device, Command) ^ before;
        Assembly.MarkStop(Loops);
        Assembly.MarkStart(41);
        for (int i = 0; i < 1 << Loops; i++)
            Ports.WriteConfiguration(device, Command, before & 0xffff);
        Assembly.MarkStop(Loops);
        Verdict.ExpectResult(differing | (Ports.ReadConfiguration(device, Command) ^ before), 0, "a word of configuration"u8);
    }
}
