# Reason for assembly: the processor enters here with a guest's registers live and leaves with them restored; C# has no word for that.
#
# Theory. Guests run in ring 3; every entry switches to the register frame inside the current VirtualCpu (TSS.RSP0 points at the frame's end,
# and the syscall stubs read the same word), so a frame is saved once and never copied. C# then runs on the processor's own stack, whose top
# is its ProcessorState. Interrupts stay off for as long as the hypervisor runs. C# takes the lock where it needs it, but for
# hypercalls, for which it is taken here. The hypervisor never uses GS or FS: the guest's live base
# stays live, its other base waits in KERNEL_GS_BASE, and one `swapgs` is the whole change between guest kernel and guest user.
# C# may use xmm0 to move blocks and no other vector register (tools/ImageCheck), so the ways to C# keep the guest's in its VirtualCpu.
# Flags come in with the guest or out of a window (Window.inc): AC is cleared on every way to C#, or SMAP would be off behind it.
# An exit checks, in this order: work for this processor, an event for the guest, then restores.
# Where tables are split, guests come in by the ways of Split.S, which go on here at the labels ..._on_stack; over the first instructions of
# restore_guest, hypercall_return and hypercall_alone_return a jump is written then, so nothing may jump behind these.

.include "Offsets.inc"
#include "Lock.inc"
.include "Entry.inc"
.include "Window.inc"
#include "FastPaths.inc"

.text

# ---------------------------------------------------------------------------------------------------------------- syscall
# Two stubs of 32 bytes a processor (64-bit and 32-bit code), since `syscall` switches no stack and a stub may use no register before it has
# saved one.
.balign 32
.globl syscall_stubs
.balign 64
syscall_stubs:
.set processor, 0
.rept MAXIMUM_PROCESSORS
.balign 32
    switch_to_frame "task_states + processor * TASK_STATE_BYTES"
    jmp     syscall_common
.balign 32
    switch_to_frame "task_states + processor * TASK_STATE_BYTES"
    jmp     compatibility_syscall
.set processor, processor + 1
.endr

.macro work_goes_first label
    mov     AT_RDI(VCPU_PROCESSOR), %rdx
    cmpb    $0, PROCESSOR_WORK(%rdx)
    jne     \label
.endm

.macro load_info register, other
    mov     AT_RDI(VCPU_INFO), \register
.endm

compatibility_syscall:
    push_return $GUEST_CODE32
    save_with_vector VECTOR_SYSCALL32
    enter_csharp GuestUserSyscall, user_syscall_on_stack

syscall_common:
    sort_syscall

# The call's result is the number that C# returns, but for the one that is none: the smallest, from which 1 cannot be taken (CallResult.Again).
# Calls that touch the caller alone are tried without the lock. Its number is in eax.
hypercall:
    push    syscall_vector(%rip)
    save_registers
    begin_csharp hypercall_on_stack
    mov     $HYPERCALLS_ALONE, %ecx
    bt      %eax, %ecx
    jc      hypercall_alone
hypercall_with_lock:
    acquire_lock
    mov     %rbx, %rdi
    mov     VCPU_REGISTERS + REGISTERS_RAX(%rbx), %esi
    call    GuestHypercall
    cmp     $1, %rax
    jo      hypercall_unfinished
    mov     %rax, VCPU_REGISTERS + REGISTERS_RAX(%rbx)

# The way back where nothing waits: C# has kept rbp and r12 to r15 for the guest, so they need not be loaded. Everything else, and a frame that an
# iret has changed, leaves by return_to_guest.
hypercall_done:
    cmpl    $0, PROCESSOR_WORK(%rsp)
    jne     return_to_guest
    mov     VCPU_INFO(%rbx), %rax
    cmpb    $0, INFO_PENDING(%rax)
    jne     hypercall_event
.globl hypercall_return
hypercall_return:
#ifdef CHECKED
    jmp     give_up_lock
#endif
    cmpl    $VECTOR_SYSCALL, VCPU_REGISTERS + REGISTERS_VECTOR(%rbx)
    jne     give_up_lock
    cmpb    $0, VCPU_TASK_SWITCHED(%rbx)
    jne     give_up_lock
    mov     VCPU_REGISTERS + REGISTERS_RIP(%rbx), %rcx
    jump_unless_canonical give_up_lock
    movl    $0, hypervisor_lock(%rip)
    return_from_hypercall

hypercall_alone:
    mov     %rbx, %rdi
    mov     %eax, %esi
    call    GuestHypercallAlone
    cmp     $1, %rax
    jo      hypercall_with_lock
    mov     %rax, VCPU_REGISTERS + REGISTERS_RAX(%rbx)
    mov     VCPU_INFO(%rbx), %rax
    cmpb    $0, INFO_PENDING(%rax)
    jne     leave_alone
.globl hypercall_alone_return
hypercall_alone_return:
    cmpb    $0, VCPU_TASK_SWITCHED(%rbx)
    jne     restore_guest
    mov     VCPU_REGISTERS + REGISTERS_RIP(%rbx), %rcx
    jump_unless_canonical restore_guest
    return_from_hypercall

hypercall_event:
    cmpb    $0, INFO_MASK(%rax)
    jne     hypercall_return
    mov     %rbx, %rdi
    call    DeliverEvent
    cmpl    $0, PROCESSOR_WORK(%rsp)
    jne     return_to_guest
    jmp     hypercall_return

hypercall_unfinished:
    mov     %rbx, %rdi
    call    HypercallUnfinished
    jmp     hypercall_done

    bounce_syscall
    push    syscall_vector(%rip)
    save_registers
    enter_csharp GuestUserSyscall

    perform_iret

# --------------------------------------------------------------------------------------------------------------- sysenter
    come_by_sysenter
    enter_csharp GuestSysenter, sysenter_on_stack

# --------------------------------------------------------------------------------------------------------------- the way out
# rbx = the VirtualCpu, rsp = its processor's stack top, the lock is held. One event is delivered an exit: another virtual CPU of the guest may clear
# the mask again as fast as it is set, and the frames would fill the stack before the guest had executed an instruction. What another processor
# notes once the lock is given up comes with an interrupt, which waits for the guest. Nothing to do, but another processor waits for the lock, or has
# been asked to forget: GiveWay gives it up, and comes back once the one has it and the other has forgotten.
.globl return_to_guest
return_to_guest:
    cmpl    $0, PROCESSOR_WORK(%rsp)
    jne     1f
    mov     VCPU_INFO(%rbx), %rax
    cmpb    $0, INFO_PENDING(%rax)
    jne     2f
.globl give_up_lock, restore_guest
give_up_lock:
    give_lock
restore_guest:
    movups  VCPU_XMM0(%rbx), %xmm0
    cmpb    $0, VCPU_TASK_SWITCHED(%rbx)
    jne     4f
5:  cmpl    $VECTOR_SYSCALL, VCPU_REGISTERS + REGISTERS_VECTOR(%rbx)
    lea     VCPU_REGISTERS(%rbx), %rsp
    leave_to_guest guest_iretq
1:  cmpb    $0, PROCESSOR_WORK(%rsp)
    je      6f
    mov     %rbx, %rdi
    call    PendingWork
    mov     %rax, %rbx
    mov     VCPU_PROCESSOR(%rbx), %rsp
    jmp     return_to_guest
6:  mov     VCPU_INFO(%rbx), %rax
    cmpb    $0, INFO_PENDING(%rax)
    je      7f
    cmpb    $0, INFO_MASK(%rax)
    jne     7f
    mov     %rbx, %rdi
    call    DeliverEvent
    cmpb    $0, PROCESSOR_WORK(%rsp)
    jne     return_to_guest
7:  mov     %rbx, %rdi
    call    GiveWay
    jmp     restore_guest
2:  cmpb    $0, INFO_MASK(%rax)
    jne     give_up_lock
    mov     %rbx, %rdi
    call    DeliverEvent
    cmpl    $0, PROCESSOR_WORK(%rsp)
    jne     return_to_guest
    jmp     give_up_lock

# The first entry into a guest: rdi = the VirtualCpu.
.globl EnterGuest
EnterGuest:
    mov     %rdi, %rbx
    mov     VCPU_PROCESSOR(%rbx), %rsp
    jmp     return_to_guest

# --------------------------------------------------------------------------------------------- exceptions and interrupts
# Vector n enters at trap_stubs + 16 * n.
.globl trap_stubs
.balign 16
trap_stubs:
    trap_stub_table trap_on_own_stack, trap_request, trap_page_fault, trap

# Another processor waits until this one has done what it asks: served without the lock.
trap_request:
    come_from_guest trap_inside
    begin_csharp request_on_stack
    mov     %rsp, %rdi
    call    ProcessorRequest
    jmp     restore_guest

# One of a kernel that a present page explains is a write to a table mostly, and takes the lock at once: bit 0 of the error code and of the mode.
trap_page_fault:
    come_from_guest trap_inside
    begin_csharp page_fault_on_stack
    mov     VCPU_REGISTERS + REGISTERS_ERROR(%rbx), %edx
    mov     %cr2, %r12
    test    %dl, VCPU_KERNEL_MODE(%rbx)
    jnz     page_fault_with_lock
    mov     %rbx, %rdi
    mov     %r12, %rsi
    call    GuestPageFaultAlone
    test    %al, %al
    jz      page_fault_with_lock

# The way out of who has not taken the lock. Nothing but an event of the guest's is looked for: work that is noted for the processor comes with an
# interrupt, which waits for the guest.
.globl leave_alone
leave_alone:
    mov     VCPU_INFO(%rbx), %rax
    cmpb    $0, INFO_PENDING(%rax)
    je      restore_guest
    cmpb    $0, INFO_MASK(%rax)
    jne     restore_guest
    mov     %rbx, %rdi
    call    DeliverEventAlone
    test    %eax, %eax
    jnz     restore_guest
    acquire_lock
    jmp     return_to_guest

page_fault_with_lock:
    acquire_lock
    mov     %rbx, %rdi
    mov     %r12, %rsi
    mov     VCPU_REGISTERS + REGISTERS_ERROR(%rbx), %edx
    call    GuestPageFault
    jmp     return_to_guest

trap:
    come_from_guest trap_inside, trap_from_guest
    enter_csharp GuestTrap, trap_on_stack

# In ring 0: an interrupt that ends the idle wait, a fault with a fixup (a guest's pointer, a guest's selector), a guest's stack that the two
# fast paths above could not read or write, the final iretq refusing a guest's frame, or a bug of ours. In the fast paths and at the iretq the
# stack is the room below the frame in the VirtualCpu, too small for C#.
trap_inside:
    sort_inside , trap_inside_with_stack
.globl trap_inside_with_stack
trap_inside_with_stack:
    mov     %rsp, %rdi
    mov     %rsp, %rbp
    and     $~15, %rsp
    sub     $16, %rsp
    movups  %xmm0, (%rsp)
    call    HypervisorTrap
    movups  (%rsp), %xmm0
    mov     %rbp, %rsp
    load_registers
    add     $8, %rsp
    iretq

# #NM: the guest had CR0.TS set when it was left; the way back sets it again.
.globl task_switched_inside
task_switched_inside:
    clts
    add     $8, %rsp
    iretq

fast_path_fault:
    mov     %rcx, REGISTERS_RIP(%rsp)
    load_registers
    add     $8, %rsp
    iretq

iret_refused:
    put_back_refused
    mov     VCPU_PROCESSOR(%rbx), %rsp
.globl iret_refused_on_stack
iret_refused_on_stack:
    movups  %xmm0, VCPU_XMM0(%rbx)
    acquire_lock
    mov     %rbx, %rdi
    call    GuestReturnRefused
    jmp     return_to_guest
