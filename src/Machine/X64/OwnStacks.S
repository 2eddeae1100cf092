# Reason for assembly: these vectors come between any two instructions, in a guest's registers or in ours, and what has to be done lies below C#.
#
# #DB, NMI, #DF and #MC run on stacks of their own, because they may come between the guest's `syscall` and our first instruction, with the guest's
# stack still in rsp. The word above the processor's frame is the address of the ProcessorState. From a guest, the six words move into the
# VirtualCpu's frame and the way is the common one. In ring 0 an NMI and a #DB are done with here: no C# means no xmm0, so no #NM, whose iretq would
# let further NMIs in while the frame of this one still lies where theirs would go. What is left, #DF and #MC, is the end.

.include "Offsets.inc"
.include "Entry.inc"
.include "OwnStacks.inc"

.text

.macro load_frame
    mov     64(%rsp), %rax
    mov     PROCESSOR_CURRENT(%rax), %rbx
.endm

.macro erase place
.endm

.macro end_of_all
    jmp     trap_inside_with_stack
.endm

    trap_on_own_stack

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
