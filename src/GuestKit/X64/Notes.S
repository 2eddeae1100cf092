# The ELF notes that tell a domain builder what this kernel is (xen/include/public/elfnote.h).

    .section .note.Xen, "a", @note

    .macro note_number type, value
    .balign 4
    .long 4, 8, \type
    .asciz "Xen"
    .quad \value
    .endm

    .macro note_text type, text
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  .asciz "\text"
2:
    .balign 4
    .endm

    note_number 1, guest_entry                  # ENTRY
    note_number 2, hypercall_page               # HYPERCALL_PAGE
    note_number 3, 0xffffffff80000000           # VIRT_BASE
    note_number 4, 0                            # PADDR_OFFSET
    note_text 5, "xen-3.0"                      # XEN_VERSION
    note_text 6, "serai-guestkit"               # GUEST_OS
    note_text 8, "generic"                      # LOADER
    note_text 9, "yes"                          # PAE_MODE
    note_text 10, "!writable_page_tables|pae_pgdir_above_4gb" # FEATURES
    note_number 12, 0xffff800000000000          # HV_START_LOW
    note_number 15, 0x8000000000                # INIT_P2M
    note_number 16, 1                           # MOD_START_PFN
    note_number 17, 0x801                       # SUPPORTED_FEATURES: writable_page_tables, dom0
