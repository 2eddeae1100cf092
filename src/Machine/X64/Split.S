# Reason for assembly: as in Entry.S, of which these are the ways in and out where tables are split (docs/book/traps.md).
#
# Theory. While a guest runs, the processor has a table loaded that maps of the hypervisor what lies between entry_start and entry_end, the page of
# panicking_processor, the processor's window of descriptors and stacks, and two pages of its own behind the image: entry_page, its task state, and,
# for the guest's kernel only, entry_info, where the guest's VcpuInfo lies. The frame is the VirtualCpu's, at its second address in the window. No
# other memory may be named here before enter_full, which loads the table that the guest has named and with it all of the hypervisor, or behind the
# load on the way out. From enter_full on both sets of ways are one: Entry.S goes on at the labels ..._on_stack.
#
# Where these ways are in use, no register of the guest's is left when C# is called, and VERW comes last before the guest.

.include "Offsets.inc"
.include "Entry.inc"
.include "Window.inc"
.include "OwnStacks.inc"
#include "FastPaths.inc"

.section .entry, "ax"

# From a frame just saved: the named table, rbx = the VirtualCpu, rsp = its processor's stack top, nothing of the guest's in the other registers.
.macro enter_full
    lea     -VCPU_REGISTERS(%rsp), %rbx
    mov     VCPU_KERNEL_ROOT(%rbx), %rax
    cmpb    $0, VCPU_KERNEL_MODE(%rbx)
    cmove   VCPU_USER_ROOT(%rbx), %rax
    mov     %rax, %cr3
    mov     VCPU_PROCESSOR(%rbx), %rsp
    mov     PROCESSOR_CURRENT(%rsp), %rbx
.irp register, eax, ecx, edx, esi, edi, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d
    xor     %\register, %\register
.endr
.endm

# Not here: what others note comes with an interrupt, which waits for the guest.
.macro work_goes_first label
.endm

# The page of the guest's VcpuInfo is shown at entry_info.
.macro load_info register, other
    mov     AT_RDI(VCPU_INFO), \register
    and     $0xfff, \register
    lea     entry_info(%rip), \other
    add     \other, \register
.endm

.macro clear_buffers
    verw    guest_stack_selector(%rip)
.endm

guest_stack_selector:
    .quad   GUEST_STACK
split_trap_from_guest_address:
    .quad   split_trap_from_guest

# ---------------------------------------------------------------------------------------------------------------- syscall
# One stub for all processors: each has its own task state at entry_page.
.globl split_syscall, split_compatibility_syscall
.balign 32
split_syscall:
    switch_to_frame entry_page
    sort_syscall split_
split_hypercall:
    save_with_vector VECTOR_SYSCALL
    enter_full
    mov     VCPU_REGISTERS + REGISTERS_RAX(%rbx), %eax
    jmp     hypercall_on_stack

split_compatibility_syscall:
    switch_to_frame entry_page
    push_return $GUEST_CODE32
    save_with_vector VECTOR_SYSCALL32
    enter_full
    jmp     user_syscall_on_stack

    bounce_syscall split_
    save_with_vector VECTOR_SYSCALL
    enter_full
    jmp     user_syscall_on_stack

    perform_iret split_

    come_by_sysenter split_
    enter_full
    jmp     sysenter_on_stack

# --------------------------------------------------------------------------------------------------------------- the way out
# In the place of restore_guest: rbx = the VirtualCpu, rsp = its processor's stack top. The entry that shows the VcpuInfo follows it here, so nobody
# who moves one need think of it; the load of the other table forgets the old one.
.globl split_restore
split_restore:
    movups  VCPU_XMM0(%rbx), %xmm0
    cmpb    $0, VCPU_TASK_SWITCHED(%rbx)
    jne     4f
5:  mov     VCPU_INFO(%rbx), %rax
    and     $~0xfff, %rax
    cmp     PROCESSOR_SHOWN_INFO(%rsp), %rax
    jne     6f
7:  mov     PROCESSOR_WINDOW(%rsp), %rsp
    mov     VCPU_LOADED_KERNEL(%rbx), %rax
    cmpb    $0, VCPU_KERNEL_MODE(%rbx)
    cmove   VCPU_LOADED_USER(%rbx), %rax
    add     $SPLIT_VCPU_OFFSET + VCPU_REGISTERS, %rsp
    mov     %rax, %cr3
    cmpl    $VECTOR_SYSCALL, REGISTERS_VECTOR(%rsp)
    leave_to_guest split_guest_iretq, clear_buffers
6:  mov     %rax, PROCESSOR_SHOWN_INFO(%rsp)
    mov     $DIRECT_MAP_TO_ENTRY, %rcx
    add     %rcx, %rax
    mov     PROCESSOR_INFO_ENTRY(%rsp), %rcx
    mov     %rax, (%rcx)
    jmp     7b

# --------------------------------------------------------------------------------------------- exceptions and interrupts
.globl split_trap_stubs
.balign 16
split_trap_stubs:
    trap_stub_table split_trap_on_own_stack, split_request, split_page_fault, split_trap

split_request:
    come_from_guest split_inside
    enter_full
    jmp     request_on_stack

split_page_fault:
    come_from_guest split_inside
    enter_full
    jmp     page_fault_on_stack

split_trap:
    come_from_guest split_inside, split_trap_from_guest
    enter_full
    jmp     trap_on_stack

# In ring 0, with whichever table: a fault of the two fast ways or of the last iretq comes with a guest's, all that is expected elsewhere with the
# named one. What is left between entry_start and entry_end is a bug of ours, told with the hypervisor's own table.
split_inside:
    sort_inside split_, split_with_stack
split_with_stack:
    lea     entry_start(%rip), %rcx
    cmp     %rcx, %rax
    jb      trap_inside_with_stack
    lea     entry_end(%rip), %rcx
    cmp     %rcx, %rax
    jae     trap_inside_with_stack
    mov     $(boot_l4 - IMAGE_OFFSET), %ecx
    mov     %rcx, %cr3
    jmp     trap_inside_with_stack

split_fast_path_fault:
    mov     %rcx, REGISTERS_RIP(%rsp)
    load_registers
    add     $8, %rsp
    iretq

split_iret_refused:
    put_back_refused
    lea     VCPU_REGISTERS(%rbx), %rsp
    enter_full
    jmp     iret_refused_on_stack

# As OwnStacks.S: from a guest its table is loaded, and the frame's second address is the end that the task state names. What was on this stack of
# the guest's does not stay there, where the next guest has it mapped.
.macro load_frame
    mov     entry_page + 4(%rip), %rbx
    sub     $VCPU_REGISTERS_END, %rbx
.endm

.macro erase place
    movq    $0, \place
.endm

.macro end_of_all
    mov     REGISTERS_RIP(%rsp), %rax
    jmp     split_with_stack
.endm

    trap_on_own_stack split_

# The places of Entry.S over which a jump to another is written at boot: place, where to with split tables, where to where only buffers are cleared.
    .section .diversions, "a"
.balign 8
    .quad   restore_guest, split_restore, clearing_restore
    .quad   hypercall_return, give_up_lock, give_up_lock
    .quad   hypercall_alone_return, restore_guest, restore_guest

# In the place of restore_guest where tables are not split, but what is left in the processor's buffers would tell the guest something.
.text
.globl clearing_restore
clearing_restore:
    movups  VCPU_XMM0(%rbx), %xmm0
    cmpb    $0, VCPU_TASK_SWITCHED(%rbx)
    jne     4f
5:  cmpl    $VECTOR_SYSCALL, VCPU_REGISTERS + REGISTERS_VECTOR(%rbx)
    lea     VCPU_REGISTERS(%rbx), %rsp
    leave_to_guest guest_iretq, clear_buffers
