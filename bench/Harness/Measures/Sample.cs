namespace Serai.Bench.Measures;

/// <summary>Instructions per operation, by where they were executed, of one repetition of a row.</summary>
public sealed record Sample(long Operations, double Applications, double Kernel, double Hypervisor)
{
    /// <summary>All of them.</summary>
    public double Total => Applications + Kernel + Hypervisor;
}
