# Reason for assembly: these vectors come between any two instructions, in a guest's registers or in ours, and what has to be done lies below C#.
#
# #DB, NMI, #DF and #MC run on stacks of their own, because they may come between the guest's `syscall` and our first instruction, with the guest's
# stack still in rsp. The word above the processor's frame is the address of the ProcessorState. From a guest, the six words move into the
# VirtualCpu's frame and the way is the common one. In ring 0 an NMI and a #DB are done with here: no C# means no xmm0, so no #NM, whose iretq would
# let further NMIs in while the frame of this one still lies where theirs would go. What is left, #DF and #MC, is the end.

.include "Offsets.inc"
.include "Entry.inc"

.text

.globl trap_on_own_stack
trap_on_own_stack:
    cmpq    $0, panicking_processor(%rip)
    jne     stop_for_panic
go_on:
    testb   $3, 16(%rsp)
    jz      trap_inside_on_own_stack
    push    %rax
    push    %rbx
    mov     64(%rsp), %rax
    mov     PROCESSOR_CURRENT(%rax), %rbx
.irp word, 0, 8, 16, 24, 32, 40
    mov     16 + \word(%rsp), %rax
    mov     %rax, VCPU_REGISTERS + REGISTERS_ERROR + \word(%rbx)
.endr
    mov     8(%rsp), %rax
    lea     VCPU_REGISTERS + REGISTERS_ERROR(%rbx), %rbx
    xchg    (%rsp), %rbx
    pop     %rsp
    cmpl    $VECTOR_NMI, 4(%rsp)
    jne     trap_from_guest

# The processor takes no further NMI until an iretq, and the way back to a guest may be a sysret: so the iretq is here, to the next line, where
# nothing is left on the NMI's stack.
    push    $0
    push    %rsp
    addq    $8, (%rsp)
    pushfq
    push    $HYPERVISOR_CODE
    push    trap_from_guest_address(%rip)
    iretq

trap_inside_on_own_stack:
    cmpl    $VECTOR_DEBUG, 4(%rsp)
    je      debug_inside
    cmpl    $VECTOR_NMI, 4(%rsp)
    je      leave_own_stack
    cld
    save_registers
    jmp     trap_inside_with_stack

# A guest's breakpoint at what we do for it, or a step that came in with the flags of a `sysenter`: forgotten. A step goes on until these have been
# saved with their TF, and no further.
debug_inside:
    push    %rax
    mov     $DEBUG_STATUS_RESET, %eax
    mov     %rax, %dr6
    lea     sysenter_entry(%rip), %rax
    cmp     %rax, 8 + REGISTERS_RIP - REGISTERS_ERROR(%rsp)
    jb      1f
    lea     sysenter_flags_saved(%rip), %rax
    cmp     %rax, 8 + REGISTERS_RIP - REGISTERS_ERROR(%rsp)
    jb      2f
1:  andl    $~FLAG_TF, 8 + REGISTERS_RFLAGS - REGISTERS_ERROR(%rsp)
2:  pop     %rax
leave_own_stack:
    add     $8, %rsp
    iretq

# A processor has panicked and stops the others (Diagnostics/Panic.cs); itself it goes on.
stop_for_panic:
    push    %rax
    mov     56(%rsp), %rax
    cmp     panicking_processor(%rip), %rax
    pop     %rax
    je      go_on
1:  cli
    hlt
    jmp     1b

    .section .rodata, "a"
.balign 8
trap_from_guest_address:
    .quad   trap_from_guest

# The ProcessorState of the processor that has panicked, or 0; alone on its page, which Split.S has mapped.
    .bss
.balign 4096
.globl panicking_processor
panicking_processor:
    .skip   4096
