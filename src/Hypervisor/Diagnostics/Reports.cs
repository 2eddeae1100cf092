using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>
/// Reports that have something to say of every domain: a few domains at a time, as the terminal has room, between guests' slices. So neither guests
/// nor the lines themselves suffer from a thousand domains.
/// </summary>
public static class Reports
{
    private const int DomainsPerStep = 8;

    private static ref Report Present => ref DiagnosticsState.Now.ReportsPresent;
    private static ref uint Next => ref DiagnosticsState.Now.ReportsNext;

    /// <summary>Whether there is more to write.</summary>
    public static bool AreWaiting => Speech.IsDueFrom(Speaker.Report);

    /// <summary>Begins a report; one that is not through ends where it is.</summary>
    public static void Begin(Report report)
    {
        (Present, Next) = (report, 0);
        Speech.Note(Speaker.Report, report != Report.None);
        if (report == Report.Memory)
            MemoryReport.WriteFree();
        Step();
    }

    /// <summary>Goes on, where there is room.</summary>
    public static void Step()
    {
        Terminal.Transmit();
        for (int domains = 0; domains < DomainsPerStep && AreWaiting && TerminalLine.HasRoomForGuests; domains++)
            WriteNext();
        if (TerminalLine.HasRoomForGuests || !TerminalLine.IsStuck)
            return;
        End();
    }

    private static void End() => Speech.Note(Speaker.Report, false);

    private static void WriteNext()
    {
        if (DomainTable.TryFindFrom(Next, out Link<Domain> domain))
            Write(ref domain.Value);
        else
            End();
    }

    private static void Write(ref Domain domain)
    {
        Next = domain.Id + 1u;
        switch (Present)
        {
            case Report.Domains: DomainReport.Write(ref domain); break;
            case Report.Memory: MemoryReport.Write(ref domain); break;
            case Report.Types: MemoryReport.WriteTypes(ref domain); break;
            case Report.Events: EventReport.WriteDomain(ref domain); break;
            case Report.Grants: GrantReport.WriteUsed(ref domain); break;
        }
    }
}
