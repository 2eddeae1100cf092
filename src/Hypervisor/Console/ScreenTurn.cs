using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Console;

/// <summary>The screen's turn between guests, at the cost of the domain that wrote last.</summary>
public static class ScreenTurn
{
    /// <inheritdoc cref="Screen.TryGoOn"/>
    public static void GoOn(bool nobodyRuns)
    {
        ulong now = SystemTime.Now;
        if (Screen.TryGoOn(nobodyRuns, now) && Screen.Writer >= 0 && DomainTable.TryFind((ushort)Screen.Writer, out Link<Domain> domain))
            Account.Note(ref domain.Value, now);
    }
}
