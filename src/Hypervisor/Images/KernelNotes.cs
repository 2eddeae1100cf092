using Serai.Abi;

namespace Serai.Hypervisor.Images;

/// <summary>What a kernel says of itself in its Xen ELF notes (xen/public/elfnote.h). Addresses are guest-virtual, in bytes.</summary>
public struct KernelNotes
{
    /// <summary>ENTRY: the first instruction; absent means the ELF header's entry point.</summary>
    public ulong? Entry;

    /// <summary>HYPERCALL_PAGE: the page to fill with hypercall stubs; absent when the kernel executes `syscall` by itself.</summary>
    public ulong? HypercallPage;

    /// <summary>VIRT_BASE: the virtual address of pseudo-physical address 0.</summary>
    public ulong VirtualBase;

    /// <summary>PADDR_OFFSET: what p_paddr values have too much.</summary>
    public ulong PhysicalOffset;

    /// <summary>INIT_P2M: where to map the initial list of machine frames; absent means behind the other boot structures.</summary>
    public ulong? InitialP2m;

    /// <summary>MOD_START_PFN: the initrd need not be mapped, start_info gives its first pseudo-physical frame.</summary>
    public bool ModuleStartIsPfn;

    /// <summary>Bit n set: the kernel can use <see cref="Feature"/> n (SUPPORTED_FEATURES, and the names in FEATURES).</summary>
    public ulong SupportedFeatures;

    /// <summary>There is a SUPPORTED_FEATURES note. Kernels from before it say nothing of what they can be, which is no refusal.</summary>
    public bool TellsSupportedFeatures;

    /// <summary>A requested feature is not offered.</summary>
    internal bool MissesFeature;

    /// <summary>Whether the kernel can use <paramref name="feature"/>; the initial domain's kernel has <see cref="Feature.Dom0"/>.</summary>
    public readonly bool Supports(Feature feature) => ((SupportedFeatures >> (int)feature) & 1) != 0;
}
