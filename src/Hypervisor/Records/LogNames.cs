using Serai.Hypervisor.Output;

namespace Serai.Hypervisor.Records;

/// <summary>Names of records in lines of the log.</summary>
public static class LogNames
{
    /// <summary>Writes a domain's name.</summary>
    public static Log Name(this Log line, in Domain domain) => line.Text(domain.NameText);
}
