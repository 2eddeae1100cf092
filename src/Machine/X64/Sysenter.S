# Reason for assembly: `sysenter` comes into ring 0 with a guest's registers and flags live, and C# has no word for that.
#
# It says nothing of where it came from: no RIP, no RSP, no selector is kept, and of the flags it clears IF, VM and RF alone. Its stack pointer
# comes from a register, which DescriptorTables points at the processor's own RSP0 in its TSS: one load, and the frame goes where every other does.
# A guest's TF makes the processor step here, on the stack of #DB (OwnStacks.S), until the flags are saved.

.include "Offsets.inc"
#include "Lock.inc"
.include "Entry.inc"

.text

.globl sysenter_entry, sysenter_flags_saved
.balign 16
sysenter_entry:
    mov     (%rsp), %rsp
    push    $GUEST_STACK
    push    $0
    pushfq
sysenter_flags_saved:
    orl     $FLAG_IF, (%rsp)
    push    $2
    popfq
    push    $3
    push    $0
    push    $0
    movl    $VECTOR_SYSENTER, 4(%rsp)
    save_registers
    enter_csharp GuestSysenter, sysenter_on_stack
