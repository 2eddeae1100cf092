using System;
using Serai.Abi;

namespace Serai.Hypervisor.Images;

/// <summary>The FEATURES note: names joined by `|`, a `!` before each that the kernel cannot do without.</summary>
internal static class XenFeatures
{
    /// <summary>
    /// Features whose request is granted. Page tables are writable in the sense of the request because writes to them are emulated,
    /// though XENVER_get_features does not report the bit; Debian's kernel requests it and starts without.
    /// </summary>
    private const ulong Granted =
        1ul << (int)Feature.WritablePageTables | 1ul << (int)Feature.PaePgdirAbove4Gb | 1ul << (int)Feature.MmuPtUpdatePreserveAd
        | 1ul << (int)Feature.HighmemAssist | 1ul << (int)Feature.GrantMapAvailableBits | 1ul << (int)Feature.Dom0
        | 1ul << (int)Feature.MemoryOpVnodeSupported | 1ul << (int)Feature.LinuxRsdpUnrestricted | 1ul << (int)Feature.NotDirectMapped;

    private const int Unknown = -1;
    private const int NameCount = (int)Feature.DirectMapped + 1;

    /// <summary>Reads the note's text into <paramref name="notes"/>.</summary>
    public static void Parse(ReadOnlySpan<byte> text, ref KernelNotes notes)
    {
        int at = 0;
        while (at < text.Length && text[at] != 0)
        {
            bool required = text[at] == (byte)'!';
            if (required)
                at++;
            int end = at;
            while (end < text.Length && text[end] != (byte)'|' && text[end] != 0)
                end++;
            Add(text.Slice(at, end - at), required, ref notes);
            at = end < text.Length && text[end] == (byte)'|' ? end + 1 : end;
        }
    }

    private static void Add(ReadOnlySpan<byte> name, bool required, ref KernelNotes notes)
    {
        int number = Find(name);
        ulong bit = number == Unknown ? 0 : 1ul << number;
        notes.SupportedFeatures |= bit;
        notes.MissesFeature |= required && name.Length != 0 && (bit & Granted) == 0;
    }

    private static int Find(ReadOnlySpan<byte> name)
    {
        for (int number = 0; number < NameCount; number++)
        {
            if (name.SequenceEqual(Name((Feature)number)))
                return number;
        }
        return Unknown;
    }

    private static ReadOnlySpan<byte> Name(Feature feature) => feature switch
    {
        Feature.WritablePageTables => "writable_page_tables"u8,
        Feature.WritableDescriptorTables => "writable_descriptor_tables"u8,
        Feature.AutoTranslatedPhysmap => "auto_translated_physmap"u8,
        Feature.SupervisorModeKernel => "supervisor_mode_kernel"u8,
        Feature.PaePgdirAbove4Gb => "pae_pgdir_above_4gb"u8,
        Feature.MmuPtUpdatePreserveAd => "mmu_pt_update_preserve_ad"u8,
        Feature.HighmemAssist => "highmem_assist"u8,
        Feature.GrantMapAvailableBits => "gnttab_map_avail_bits"u8,
        Feature.HvmCallbackVector => "hvm_callback_vector"u8,
        Feature.HvmSafePvclock => "hvm_safe_pvclock"u8,
        Feature.HvmPirqs => "hvm_pirqs"u8,
        Feature.Dom0 => "dom0"u8,
        Feature.MemoryOpVnodeSupported => "memory_op_vnode_supported"u8,
        Feature.LinuxRsdpUnrestricted => "linux_rsdp_unrestricted"u8,
        Feature.NotDirectMapped => "not_direct_mapped"u8,
        Feature.DirectMapped => "direct_mapped"u8,
        // No name at all: an empty request must not match it either.
        _ => "?"u8,
    };
}
