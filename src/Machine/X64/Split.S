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

.section .entry, "ax"

#define AT_RIP(field) field - VCPU_REGISTERS - REGISTERS_RIP(%rsp)
#define AT_RDI(field) field - VCPU_REGISTERS - REGISTERS_RDI(%rsp)

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

# The page of the guest's VcpuInfo is shown at entry_info: its address there.
.macro info_address register
    mov     AT_RDI(VCPU_INFO), \register
    and     $0xfff, \register
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
    mov     %rsp, entry_page + TASK_STATE_SCRATCH(%rip)
    mov     entry_page + 4(%rip), %rsp
    push    $GUEST_STACK
    push    entry_page + TASK_STATE_SCRATCH(%rip)
    push    %r11
    push    $GUEST_CODE
    push    %rcx
    cmpb    $0, AT_RIP(VCPU_KERNEL_MODE)
    je      split_user_syscall
    cmp     $HYPERCALL_IRET, %eax
    je      split_guest_iret
split_hypercall:
    push    $0
    movl    $VECTOR_SYSCALL, 4(%rsp)
    save_registers
    enter_full
    mov     VCPU_REGISTERS + REGISTERS_RAX(%rbx), %eax
    jmp     hypercall_on_stack

split_compatibility_syscall:
    mov     %rsp, entry_page + TASK_STATE_SCRATCH(%rip)
    mov     entry_page + 4(%rip), %rsp
    push    $GUEST_STACK
    push    entry_page + TASK_STATE_SCRATCH(%rip)
    push    %r11
    push    $GUEST_CODE32
    push    %rcx
    push    $0
    movl    $VECTOR_SYSCALL32, 4(%rsp)
    save_registers
    enter_full
    jmp     user_syscall_on_stack

# As user_syscall of Entry.S, from the table of applications to that of the kernel. Work of this processor is not looked for: what others note comes
# with an interrupt, which waits for the guest.
split_user_syscall:
    push    %rax
    push    %rdx
    cmpq    $0, AT_RDI(VCPU_SYSCALL_CALLBACK)
    je      split_user_syscall_slowly
    cmpb    $0, AT_RDI(VCPU_SYSCALL_MASKS)
    je      split_user_syscall_slowly
    mov     AT_RDI(VCPU_LOADED_KERNEL), %rdx
    mov     %rdx, %cr3
    swapgs
    movb    $1, AT_RDI(VCPU_KERNEL_MODE)
    mov     AT_RDI(VCPU_KERNEL_STACK), %rdx
    and     $~(FLAG_IF | FLAG_IOPL), %r11d
    open_window
    mov     %rcx, -40(%rdx)
    movq    $GUEST_STACK, -8(%rdx)
    mov     AT_RDI(VCPU_REGISTERS + REGISTERS_RSP), %rax
    mov     %rax, -16(%rdx)
    mov     AT_RDI(VCPU_REGISTERS + REGISTERS_RFLAGS), %rax
    mov     %rax, -48(%rdx)
    mov     %rcx, -56(%rdx)
    info_address %rax
    lea     entry_info(%rip), %rcx
    add     %rcx, %rax
    movzbl  INFO_MASK(%rax), %ecx
    movb    $1, INFO_MASK(%rax)
    test    %ecx, %ecx
    jnz     6f
    or      $FLAG_IF, %r11d
6:  shl     $32, %rcx
    or      $GUEST_CODE, %rcx
    mov     %rcx, -32(%rdx)
    mov     %r11, -24(%rdx)
    and     $~(FLAG_TF | FLAG_DF | FLAG_NT | FLAG_RF | FLAG_VM | FLAG_AC), %r11d
    or      $FLAG_IF, %r11d
    mov     AT_RDI(VCPU_SYSCALL_CALLBACK), %rcx
    lea     -56(%rdx), %rax
    mov     %rax, AT_RDI(VCPU_REGISTERS + REGISTERS_RSP)
    pop     %rdx
    pop     %rax
    mov     REGISTERS_RSP - REGISTERS_RIP(%rsp), %rsp
    sysretq

split_user_syscall_stack_fault:
    close_window
    swapgs
    movb    $0, AT_RDI(VCPU_KERNEL_MODE)
split_user_syscall_slowly:
    pop     %rdx
    pop     %rax
    mov     REGISTERS_RIP - REGISTERS_RIP(%rsp), %rcx
    mov     REGISTERS_RFLAGS - REGISTERS_RIP(%rsp), %r11
    push    $0
    movl    $VECTOR_SYSCALL, 4(%rsp)
    save_registers
    enter_full
    jmp     user_syscall_on_stack

# As guest_iret of Entry.S, from the kernel's table.
split_guest_iret:
    push    %rbx
    push    %rdx
    cmpb    $0, AT_RDI(VCPU_SLOW_RETURN)
    jne     split_guest_iret_slowly
    info_address %rbx
    lea     entry_info(%rip), %rdx
    add     %rdx, %rbx
    cmpb    $0, INFO_PENDING(%rbx)
    jne     split_guest_iret_slowly
    mov     AT_RDI(VCPU_REGISTERS + REGISTERS_RSP), %rdx
    mov     %rdx, %rax
    shr     $43, %rax
    cmp     $0x1ffff0, %eax
    je      split_guest_iret_slowly
    open_window
    cmpb    $0, (%rdx)
    movzwl  40(%rdx), %ecx
    mov     %ecx, %r11d
    and     $3, %r11d
    cmp     $3, %r11d
    jne     2f
    cmpq    $0, AT_RDI(VCPU_USER_ROOT)
    je      split_guest_iret_slowly
2:  or      $3, %ecx
    mov     %rcx, AT_RDI(VCPU_REGISTERS + REGISTERS_CS)
    mov     32(%rdx), %rax
    mov     %rax, AT_RDI(VCPU_REGISTERS + REGISTERS_RIP)
    movzwl  64(%rdx), %eax
    or      $3, %eax
    mov     %rax, AT_RDI(VCPU_REGISTERS + REGISTERS_SS)
    mov     48(%rdx), %rcx
    mov     56(%rdx), %rax
    mov     %rax, AT_RDI(VCPU_REGISTERS + REGISTERS_RSP)
    test    $FLAG_IF, %ecx
    setz    INFO_MASK(%rbx)
    and     $~(FLAG_IOPL | FLAG_VM), %ecx
    or      $FLAG_IF, %ecx
    mov     %rcx, AT_RDI(VCPU_REGISTERS + REGISTERS_RFLAGS)
    mov     16(%rdx), %rcx
    mov     (%rdx), %rax
    cmp     $3, %r11d
    jne     9f
    mov     AT_RDI(VCPU_LOADED_USER), %r11
    mov     %rax, %rbx
    mov     8(%rdx), %rax
    mov     %r11, %cr3
    swapgs
    movb    $0, AT_RDI(VCPU_KERNEL_MODE)
    mov     %rax, %r11
    mov     %rbx, %rax
    pop     %rdx
    pop     %rbx
.globl split_iretq
split_iretq:
    iretq
9:  mov     8(%rdx), %r11
    pop     %rdx
    pop     %rbx
    jmp     split_iretq

split_guest_iret_slowly:
    close_window
    pop     %rdx
    pop     %rbx
    mov     $HYPERCALL_IRET, %eax
    jmp     split_hypercall

# --------------------------------------------------------------------------------------------------------------- sysenter
.globl split_sysenter
.balign 16
split_sysenter:
    mov     (%rsp), %rsp
    push    $GUEST_STACK
    push    $0
    pushfq
split_sysenter_flags_saved:
    orl     $FLAG_IF, (%rsp)
    push    $2
    popfq
    push    $3
    push    $0
    push    $0
    movl    $VECTOR_SYSENTER, 4(%rsp)
    save_registers
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
    jne     3f
    mov     REGISTERS_RIP(%rsp), %rcx
    jump_unless_canonical 3f
    load_registers
    mov     8(%rsp), %rcx
    mov     24(%rsp), %r11
    mov     32(%rsp), %rsp
    clear_buffers
    sysretq
3:  load_registers
    add     $8, %rsp
    clear_buffers
    jmp     split_iretq
4:  mov     %cr0, %rax
    or      $CR0_TS, %rax
    mov     %rax, %cr0
    jmp     5b
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
    trap_stub_table split_on_own_stack, split_request, split_page_fault, split_trap

split_request:
    testb   $3, 16(%rsp)
    jz      split_inside
    cld
    close_window
    save_registers
    enter_full
    jmp     request_on_stack

split_page_fault:
    testb   $3, 16(%rsp)
    jz      split_inside
    cld
    close_window
    save_registers
    enter_full
    jmp     page_fault_on_stack

split_trap:
    testb   $3, 16(%rsp)
    jz      split_inside
.globl split_trap_from_guest
split_trap_from_guest:
    cld
    close_window
    save_registers
    enter_full
    jmp     trap_on_stack

# In ring 0, with whichever table: a fault of the two fast ways or of the last iretq comes with a guest's, all that is expected elsewhere with the
# named one. What is left between entry_start and entry_end is a bug of ours, told with the hypervisor's own table.
split_inside:
    cld
    close_window
    cmpl    $7, 4(%rsp)
    je      task_switched_inside
    save_registers
    mov     REGISTERS_RIP(%rsp), %rax
    lea     split_iretq(%rip), %rcx
    cmp     %rcx, %rax
    je      split_iret_refused
    lea     split_user_syscall(%rip), %rcx
    cmp     %rcx, %rax
    jb      split_with_stack
    lea     split_user_syscall_stack_fault(%rip), %rcx
    cmp     %rcx, %rax
    jb      split_fast_path_fault
    lea     split_guest_iret(%rip), %rdx
    cmp     %rdx, %rax
    jb      split_with_stack
    lea     split_guest_iret_slowly(%rip), %rcx
    cmp     %rcx, %rax
    jb      split_fast_path_fault
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

# As iret_refused of Entry.S.
split_iret_refused:
    mov     REGISTERS_RSP(%rsp), %rbx
    sub     $VCPU_REGISTERS + REGISTERS_RIP, %rbx
    mov     REGISTERS_ERROR(%rsp), %rcx
.irp word, 112, 104, 96, 88, 80, 72, 64, 56, 48, 40, 32, 24, 16, 8, 0
    mov     \word(%rsp), %rax
    mov     %rax, VCPU_REGISTERS + \word(%rbx)
.endr
    mov     %rcx, VCPU_REGISTERS + REGISTERS_ERROR(%rbx)
    lea     VCPU_REGISTERS(%rbx), %rsp
    enter_full
    jmp     iret_refused_on_stack

# As OwnStacks.S: from a guest its table is loaded, and the frame's second address is the end that the task state names. What was on this stack of
# the guest's does not stay there, where the next guest has it mapped.
.globl split_on_own_stack, split_leave_own_stack
split_on_own_stack:
    cmpq    $0, panicking_processor(%rip)
    jne     split_stop_for_panic
split_go_on:
    testb   $3, 16(%rsp)
    jz      split_inside_on_own_stack
    push    %rax
    push    %rbx
    mov     entry_page + 4(%rip), %rbx
    sub     $VCPU_REGISTERS_END, %rbx
.irp word, 0, 8, 16, 24, 32, 40
    mov     16 + \word(%rsp), %rax
    movq    $0, 16 + \word(%rsp)
    mov     %rax, VCPU_REGISTERS + REGISTERS_ERROR + \word(%rbx)
.endr
    mov     8(%rsp), %rax
    movq    $0, 8(%rsp)
    lea     VCPU_REGISTERS + REGISTERS_ERROR(%rbx), %rbx
    xchg    (%rsp), %rbx
    pop     %rsp
    cmpl    $VECTOR_NMI, 4(%rsp)
    jne     split_trap_from_guest
    push    $0
    push    %rsp
    addq    $8, (%rsp)
    pushfq
    push    $HYPERVISOR_CODE
    push    split_trap_from_guest_address(%rip)
    iretq

split_inside_on_own_stack:
    cmpl    $VECTOR_DEBUG, 4(%rsp)
    je      split_debug_inside
    cmpl    $VECTOR_NMI, 4(%rsp)
    je      split_leave_own_stack
    cld
    save_registers
    mov     REGISTERS_RIP(%rsp), %rax
    jmp     split_with_stack

split_debug_inside:
    push    %rax
    mov     $DEBUG_STATUS_RESET, %eax
    mov     %rax, %dr6
    lea     split_sysenter(%rip), %rax
    cmp     %rax, 8 + REGISTERS_RIP - REGISTERS_ERROR(%rsp)
    jb      1f
    lea     split_sysenter_flags_saved(%rip), %rax
    cmp     %rax, 8 + REGISTERS_RIP - REGISTERS_ERROR(%rsp)
    jb      2f
1:  andl    $~FLAG_TF, 8 + REGISTERS_RFLAGS - REGISTERS_ERROR(%rsp)
2:  pop     %rax
split_leave_own_stack:
    add     $8, %rsp
    iretq

split_stop_for_panic:
    push    %rax
    mov     56(%rsp), %rax
    cmp     panicking_processor(%rip), %rax
    pop     %rax
    je      split_go_on
1:  cli
    hlt
    jmp     1b

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
    jne     3f
    mov     REGISTERS_RIP(%rsp), %rcx
    jump_unless_canonical 3f
    load_registers
    mov     8(%rsp), %rcx
    mov     24(%rsp), %r11
    mov     32(%rsp), %rsp
    clear_buffers
    sysretq
3:  load_registers
    add     $8, %rsp
    clear_buffers
    jmp     guest_iretq
4:  mov     %cr0, %rax
    or      $CR0_TS, %rax
    mov     %rax, %cr0
    jmp     5b
