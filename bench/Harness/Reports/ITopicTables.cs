using System.IO;

namespace Serai.Bench.Reports;

/// <summary>What prints the table of a topic: of instructions, or of times.</summary>
public interface ITopicTables
{
    /// <summary>Prints one topic, of which something was measured.</summary>
    void Print(TextWriter output, string topic);
}
