using Serai.Bench.Machines;

namespace Serai.Bench.Plots;

/// <summary>The colours of the systems, distinguishable in grey and to the colour-blind too; the dark one is the hypervisor's part.</summary>
public static class Palette
{
    /// <summary>Grid lines.</summary>
    public const string Grid = "#e3e3e3";

    /// <summary>Axes and what is compared with.</summary>
    public const string Ink = "#555555";

    /// <summary>A system's colour.</summary>
    public static string Of(TargetSystem system) => system switch
    {
        TargetSystem.Native => "#6b6b6b",
        TargetSystem.Serai => "#5b9bd5",
        TargetSystem.Xen => "#f2b36f",
        _ => "#b9a3d0",
    };

    /// <summary>The colour of its hypervisor, and of its lines.</summary>
    public static string DarkOf(TargetSystem system) => system switch
    {
        TargetSystem.Native => "#444444",
        TargetSystem.Serai => "#1b5a94",
        TargetSystem.Xen => "#c46a12",
        _ => "#7a5ba6",
    };

    /// <summary>How its lines are dashed, so that colour is not all.</summary>
    public static string DashesOf(TargetSystem system) => system switch
    {
        TargetSystem.Serai => "none",
        TargetSystem.Xen => "6 3",
        _ => "2 3",
    };
}
