# Reason for assembly: a processor that is woken begins in real mode; C# begins in long mode.
#
# The code between trampoline_start and trampoline_end is copied to a page below 1 MiB, whose number is the startup vector (SDM vol. 3, 9.4.4).
# It finds its own place from CS, uses no word of that page but its own, and goes through protected mode to the image's address, where the
# processor gets its stack and meets C#. Until Start drops it, slot 0 of boot_l4 maps the low 4 GiB at their own addresses.

    .set IMAGE_OFFSET, 0xffff82d040000000

    .section .rodata, "a"
    .balign 16
    .globl trampoline_start
trampoline_start:
    .code16
    cli
    cld
    movw    %cs, %ax
    movw    %ax, %ds
    movzwl  %ax, %ebx
    shll    $4, %ebx
    leal    trampoline_descriptors - trampoline_start(%ebx), %eax
    movl    %eax, trampoline_table + 2 - trampoline_start
    leal    trampoline_protected - trampoline_start(%ebx), %eax
    movl    %eax, trampoline_far - trampoline_start
    lgdtl   trampoline_table - trampoline_start
    movl    %cr0, %eax
    orb     $1, %al
    movl    %eax, %cr0
    ljmpl   *(trampoline_far - trampoline_start)

    .code32
trampoline_protected:
    movl    $16, %eax
    movw    %ax, %ds
    movw    %ax, %es
    movw    %ax, %ss
    movl    $((1 << 5) | (1 << 9) | (1 << 10)), %eax    # PAE, OSFXSR, OSXMMEXCPT, as Head.S has them
    movl    %eax, %cr4
    movl    $(boot_l4 - IMAGE_OFFSET), %eax
    movl    %eax, %cr3
    movl    $0xc0000080, %ecx                           # EFER: LME, NXE
    rdmsr
    orl     $((1 << 8) | (1 << 11)), %eax
    wrmsr
    leal    trampoline_long - trampoline_start(%ebx), %eax
    movl    %eax, trampoline_far - trampoline_start(%ebx)
    movw    $8, trampoline_far + 4 - trampoline_start(%ebx)
    movl    $0x80050033, %eax                           # PG AM WP NE ET MP PE
    movl    %eax, %cr0
    ljmpl   *(trampoline_far - trampoline_start)(%ebx)

    .code64
trampoline_long:
    movabsq $application_processor, %rax
    jmp     *%rax

    .balign 8
trampoline_descriptors:
    .quad 0
    .quad 0x00af9b000000ffff                            # 8: code, 64-bit
    .quad 0x00cf93000000ffff                            # 16: data
    .quad 0x00cf9b000000ffff                            # 24: code, 32-bit
trampoline_table:
    .short 31
    .long 0
trampoline_far:
    .long 0
    .short 24
    .globl trampoline_end
trampoline_end:

    .text
application_processor:
    lgdt    boot_gdt_high(%rip)
    movl    $16, %eax
    movl    %eax, %ss
    xorl    %eax, %eax
    movl    %eax, %ds
    movl    %eax, %es
    movl    %eax, %fs
    movl    %eax, %gs
    movq    application_stack(%rip), %rsp
    movq    %rsp, %rdi
    xorl    %ebp, %ebp
    call    StartApplicationProcessor
1:  cli
    hlt
    jmp     1b

# The stack top, which is the ProcessorState, of the one processor that is being woken.
    .data
    .balign 8
    .globl application_stack
application_stack:
    .quad 0
