using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Argument of SetupTable (struct gnttab_setup_table of grant_table.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantSetupTable
{
    public ushort Domain;
    public uint FrameCount;
    /// <summary>Out.</summary>
    public GrantStatus Status;
    /// <summary>Guest pointer to 64-bit machine frames.</summary>
    public ulong FrameList;
}

/// <summary>Argument of DumpTable (struct gnttab_dump_table of grant_table.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantDumpTable
{
    public ushort Domain;
    /// <summary>Out.</summary>
    public GrantStatus Status;
}

/// <summary>Argument of Transfer (struct gnttab_transfer of grant_table.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantTransfer
{
    public ulong Frame;
    public ushort Domain;
    public uint Reference;
    /// <summary>Out.</summary>
    public GrantStatus Status;
}

/// <summary>Argument of QuerySize (struct gnttab_query_size of grant_table.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantQuerySize
{
    public ushort Domain;
    /// <summary>Out, like the fields below.</summary>
    public uint FrameCount;
    public uint MaxFrameCount;
    public GrantStatus Status;
}

/// <summary>Argument of SetVersion (struct gnttab_set_version of grant_table.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantSetVersion
{
    /// <summary>In: what is asked for; out: what is in use.</summary>
    public uint Version;
}

/// <summary>Argument of GetVersion (struct gnttab_get_version of grant_table.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantGetVersion
{
    public ushort Domain;
    public ushort Reserved;
    /// <summary>Out.</summary>
    public uint Version;
}

/// <summary>Argument of GetStatusFrames (struct gnttab_get_status_frames of grant_table.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantGetStatusFrames
{
    public uint FrameCount;
    public ushort Domain;
    /// <summary>Out.</summary>
    public GrantStatus Status;
    /// <summary>Guest pointer to 64-bit frame numbers.</summary>
    public ulong FrameList;
}

/// <summary>Argument of SwapGrantRef (struct gnttab_swap_grant_ref of grant_table.h, 12 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantSwapReference
{
    public uint ReferenceA;
    public uint ReferenceB;
    /// <summary>Out.</summary>
    public GrantStatus Status;
}
