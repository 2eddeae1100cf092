# From the boot loader (32-bit protected mode, paging off) to the C# method exported as Start(uint magic, ulong information):
# the two multiboot headers, a check of the processor, the first page tables, long mode, the high address.
#
# What Start finds: boot_l4 in CR3 with
#   slot 0      the low 4 GiB at their own addresses (only for the way up: Start clears the slot),
#   slot 261    the image at its linked address in 4 KiB pages: text RX, read-only data R, data RW,
#   slot 262    the direct map of the low 4 GiB, RW and never executable;
# a stack of 32 KiB with an unmapped page below it, .bss cleared, interrupts off, a GDT with flat 64-bit segments (8, 16).
# Sources: Multiboot Specification 0.6.96 and 2.0; Intel SDM volume 3, 10.8.5 (entering IA-32e mode).

    .set IMAGE_OFFSET, 0xffff82d040000000       # virtual minus physical address of the image
    .set IMAGE_L4_SLOT, 261
    .set IMAGE_L3_SLOT, 321
    .set IMAGE_L2_SLOT, 1
    .set DIRECT_MAP_L4_SLOT, 262
    .set IMAGE_L1_TABLES, 4                     # 8 MiB of image at most; Hypervisor.lds asserts it
    .set BOOT_STACK_BYTES, 32768

    .set ENTRY_TABLE, 0x063                     # present, writable, accessed, dirty
    .set ENTRY_LARGE, 0x0e3                     # the same, 2 MiB
    .set ENTRY_TEXT, 0x021                      # present, accessed
    .set ENTRY_READ_ONLY, 0x021
    .set ENTRY_DATA, 0x063
    .set NO_EXECUTE_HIGH, 0x80000000            # bit 63, in the upper half of an entry

    .set MULTIBOOT1_MAGIC, 0x1badb002
    .set MULTIBOOT1_FLAGS, 0x00010003           # page-aligned modules, memory information, address fields
    .set MULTIBOOT2_MAGIC, 0xe85250d6

    .section .multiboot, "ax"

# QEMU refuses a 64-bit ELF unless the address fields say where it goes.
    .balign 8
multiboot1_header:
    .long MULTIBOOT1_MAGIC
    .long MULTIBOOT1_FLAGS
    .long -(MULTIBOOT1_MAGIC + MULTIBOOT1_FLAGS)
    .long multiboot1_header - IMAGE_OFFSET
    .long image_start - IMAGE_OFFSET
    .long load_end - IMAGE_OFFSET
    .long bss_end - IMAGE_OFFSET
    .long multiboot_entry - IMAGE_OFFSET

    .balign 8
multiboot2_header:
    .long MULTIBOOT2_MAGIC
    .long 0                                     # protected mode i386
    .long multiboot2_end - multiboot2_header
    .long -(MULTIBOOT2_MAGIC + 0 + (multiboot2_end - multiboot2_header))

    .short 1, 0                                 # information request: command line, modules, memory map
    .long 20
    .long 1, 3, 6
    .balign 8
    .short 2, 0                                 # addresses
    .long 24
    .long multiboot2_header - IMAGE_OFFSET
    .long image_start - IMAGE_OFFSET
    .long load_end - IMAGE_OFFSET
    .long bss_end - IMAGE_OFFSET
    .balign 8
    .short 3, 0                                 # entry
    .long 12
    .long multiboot_entry - IMAGE_OFFSET
    .balign 8
    .short 6, 0                                 # page-aligned modules
    .long 8
    .balign 8
    .short 0, 0
    .long 8
multiboot2_end:

    .section .text.head, "ax"
    .code32

    .globl multiboot_entry
multiboot_entry:
    cli
    cld
    movl %eax, %ebp                             # the loader's magic: no code below touches it
    movl $(bss_start - IMAGE_OFFSET), %edi
    movl $(bss_end - IMAGE_OFFSET), %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    xorl %eax, %eax
    rep stosl
    movl $(boot_stack_top - IMAGE_OFFSET), %esp
    movl %ebx, information - IMAGE_OFFSET       # cpuid overwrites ebx

    call require_processor
    call build_page_tables

    # Nothing is taken over from the loader: LA57 and PCIDE could not be cleared in long mode, and a fourth level would be read as a fifth.
    movl $((1 << 5) | (1 << 9) | (1 << 10)), %eax # PAE, OSFXSR, OSXMMEXCPT
    movl %eax, %cr4
    movl $(boot_l4 - IMAGE_OFFSET), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx                      # EFER
    rdmsr
    orl $((1 << 8) | (1 << 11)), %eax           # LME, NXE
    wrmsr
    movl $0x80050033, %eax                      # PG AM WP NE ET MP PE; EM and TS clear
    movl %eax, %cr0
    lgdt boot_gdt_low - IMAGE_OFFSET
    ljmp $8, $(long_mode - IMAGE_OFFSET)

# Halts with a line on the console unless the processor has long mode and no-execute pages.
require_processor:
    pushfl
    popl %eax
    movl %eax, %ecx
    xorl $(1 << 21), %eax                       # ID can be changed only where CPUID exists
    pushl %eax
    popfl
    pushfl
    popl %eax
    cmpl %eax, %ecx
    je no_long_mode
    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb no_long_mode
    movl $0x80000001, %eax
    cpuid
    testl $(1 << 29), %edx
    jz no_long_mode
    testl $(1 << 20), %edx
    jz no_execute_disable
    ret

no_long_mode:
    movl $(no_long_mode_text - IMAGE_OFFSET), %esi
    jmp refuse
no_execute_disable:
    movl $(no_execute_disable_text - IMAGE_OFFSET), %esi

# Prints the text at esi on COM1 and on the VGA text screen, then halts.
refuse:
    movl $0xb8000, %edi
    movw $0x3fb, %dx
    movb $0x03, %al                             # eight bits, no parity; the firmware's speed stays
    outb %al, %dx
1:  lodsb
    testb %al, %al
    jz 3f
    movb $0x4f, %ah
    movw %ax, (%edi)
    addl $2, %edi
    movb %al, %ah
    movl $0x10000, %ecx                         # a port that is not there never gets ready
    movw $0x3fd, %dx
2:  inb %dx, %al
    testb $0x20, %al
    loopz 2b
    movb %ah, %al
    movw $0x3f8, %dx
    outb %al, %dx
    jmp 1b
3:  hlt
    jmp 3b

    .macro map_pages from, to, low, high
    movl $(\from - IMAGE_OFFSET), %eax
1:  cmpl $(\to - IMAGE_OFFSET), %eax
    jae 2f
    movl %eax, %ecx
    subl $(image_start - IMAGE_OFFSET), %ecx
    shrl $9, %ecx                               # eight bytes for each page
    leal \low(%eax), %edx
    movl %edx, image_l1 - IMAGE_OFFSET(%ecx)
    movl $\high, image_l1 - IMAGE_OFFSET + 4(%ecx)
    addl $4096, %eax
    jmp 1b
2:
    .endm

build_page_tables:
    # The low 4 GiB: four L2 tables of 2 MiB pages, shared by the identity and the direct map.
    movl $(direct_map_l2 - IMAGE_OFFSET), %edi
    movl $ENTRY_LARGE, %eax
    movl $2048, %ecx
1:  movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop 1b
    movl $(direct_map_l3 - IMAGE_OFFSET), %edi
    movl $(direct_map_l2 - IMAGE_OFFSET + ENTRY_TABLE), %eax
    movl $4, %ecx
1:  movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    loop 1b

    # The image.
    map_pages text_start, text_end, ENTRY_TEXT, 0
    map_pages rodata_start, rodata_end, ENTRY_READ_ONLY, NO_EXECUTE_HIGH
    map_pages data_start, bss_end, ENTRY_DATA, NO_EXECUTE_HIGH
    movl $(boot_stack_guard - IMAGE_OFFSET), %ecx
    subl $(image_start - IMAGE_OFFSET), %ecx
    shrl $9, %ecx
    movl $0, image_l1 - IMAGE_OFFSET(%ecx)
    movl $0, image_l1 - IMAGE_OFFSET + 4(%ecx)
    movl $(image_l2 + 8 * IMAGE_L2_SLOT - IMAGE_OFFSET), %edi
    movl $(image_l1 - IMAGE_OFFSET + ENTRY_TABLE), %eax
    movl $IMAGE_L1_TABLES, %ecx
1:  movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    loop 1b
    movl $(image_l2 - IMAGE_OFFSET + ENTRY_TABLE), image_l3 - IMAGE_OFFSET + 8 * IMAGE_L3_SLOT

    # No-execute on a top-level entry holds for all below it: the identity alone stays executable.
    movl $(direct_map_l3 - IMAGE_OFFSET + ENTRY_TABLE), boot_l4 - IMAGE_OFFSET
    movl $(direct_map_l3 - IMAGE_OFFSET + ENTRY_TABLE), boot_l4 - IMAGE_OFFSET + 8 * DIRECT_MAP_L4_SLOT
    movl $NO_EXECUTE_HIGH, boot_l4 - IMAGE_OFFSET + 8 * DIRECT_MAP_L4_SLOT + 4
    movl $(image_l3 - IMAGE_OFFSET + ENTRY_TABLE), boot_l4 - IMAGE_OFFSET + 8 * IMAGE_L4_SLOT
    ret

    .code64
long_mode:
    movabsq $high_address, %rax
    jmp *%rax
high_address:
    lgdt boot_gdt_high(%rip)
    movl $16, %eax
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    leaq boot_stack_top(%rip), %rsp
    movl %ebp, %edi
    movl information(%rip), %esi
    xorl %ebp, %ebp                             # the end of the chain of frames
    call Start
1:  cli
    hlt
    jmp 1b

    .section .rodata, "a"
no_long_mode_text:
    .asciz "Serai needs a processor with 64-bit long mode: this one has none.\r\n"
no_execute_disable_text:
    .asciz "Serai needs a processor with no-execute pages (NX): this one has none, or the firmware hides them.\r\n"

    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff                    # 8: code, 64-bit, DPL 0
    .quad 0x00cf93000000ffff                    # 16: data, DPL 0
boot_gdt_end:
boot_gdt_low:
    .short boot_gdt_end - boot_gdt - 1
    .long boot_gdt - IMAGE_OFFSET
    .globl boot_gdt_high
boot_gdt_high:
    .short boot_gdt_end - boot_gdt - 1
    .quad boot_gdt

    .bss
    .balign 4096
    .globl boot_l4
boot_l4:
    .skip 4096
    .globl direct_map_l3
direct_map_l3:
    .skip 4096
direct_map_l2:
    .skip 4 * 4096
    .globl image_l3
image_l3:
    .skip 4096
image_l2:
    .skip 4096
image_l1:
    .skip IMAGE_L1_TABLES * 4096
boot_stack_guard:
    .skip 4096
    .skip BOOT_STACK_BYTES
    .globl boot_stack_top
boot_stack_top:
information:
    .skip 8
