# Reason for assembly: an application's code, and the ways into the kernel that it measures, which hold no word more than they must.
#
# The application runs in the kernel's own address space, in user mode. A syscall with RAX = 0 is answered at once; with RAX = 1 the kernel goes
# on where RunApplication was called. A page fault skips the load of three bytes that caused it.

    .set HYPERCALL_IRET, 23
    .set USER_CODE, 0xe033
    .set USER_STACK, 0xe02b
    .set INTERRUPT_FLAG, 0x200

    .text

# void RunApplication(ulong code, ulong row, ulong loops, ulong log2_of_operations, ulong address): the arguments go to
# the application in RDI (row), RBX (loops), R12 (log2 of operations), RSI (address).
    .globl RunApplication
RunApplication:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, kernel_stack(%rip)
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rbx
    movq %rcx, %r12
    movq %r8, %rsi
    leaq application_stack_top(%rip), %rcx
    pushq $USER_STACK
    pushq %rcx
    pushq $INTERRUPT_FLAG
    pushq $USER_CODE
    pushq %rax
    jmp leave

# What the syscall callback and the trap table name. The frame: RCX R11 [error code] RIP CS RFLAGS RSP SS.
    .globl syscall_entry
syscall_entry:
    popq %rcx
    popq %r11
    testl %eax, %eax
    jnz 1f
    jmp leave_with_registers
1:  movq kernel_stack(%rip), %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

    .globl page_fault_entry
page_fault_entry:
    popq %rcx
    popq %r11
    addq $8, %rsp
    addq $3, (%rsp)
    jmp leave_with_registers

# Clears what the hypervisor set: vcpu_info.evtchn_upcall_pending and evtchn_pending_sel, then the first 64 pending bits.
    .globl event_entry
event_entry:
    popq %rcx
    popq %r11
    movb $0, shared_info_window(%rip)
    movq $0, shared_info_window + 8(%rip)
    movq $0, shared_info_window + 2048(%rip)
    incq EventsSeen(%rip)
leave_with_registers:
leave:
    pushq $0
    pushq %rcx
    pushq %r11
    pushq %rax
    movl $HYPERCALL_IRET, %eax
    syscall
    ud2

    .globl application_syscalls
application_syscalls:
    call MarkStart
1:  xorl %eax, %eax
    syscall
    decq %rbx
    jnz 1b
    jmp application_end

    .globl application_faults
application_faults:
    call MarkStart
1:  movq (%rsi), %rax
    decq %rbx
    jnz 1b
application_end:
    movl %r12d, %edi
    call MarkStop
    movl $1, %eax
    syscall
    ud2

# void FaultInKernel(ulong address)
    .globl FaultInKernel
FaultInKernel:
    movq (%rdi), %rax
    ret

# void StoreEntry(ulong address, ulong entry): the one instruction that Linux writes a level-1 entry with.
    .globl StoreEntry
StoreEntry:
    movq %rsi, (%rdi)
    ret

# void ExchangeEntry(ulong address, ulong entry), and the others by which kernels change an entry where it lies.
    .globl ExchangeEntry
ExchangeEntry:
    xchgq %rsi, (%rdi)
    ret

    .globl ProtectEntry
ProtectEntry:
    lock andb $0xfd, (%rdi)
    ret

    .globl PermitEntry
PermitEntry:
    lock orb $2, (%rdi)
    ret

# The accessed bit, as ptep_test_and_clear_young does it.
    .globl AgeEntry
AgeEntry:
    lock btrq $5, (%rdi)
    ret

# void ReplaceEntry(ulong address, ulong entry, ulong expected)
    .globl ReplaceEntry
ReplaceEntry:
    movq %rdx, %rax
    lock cmpxchgq %rsi, (%rdi)
    ret

# void ReadPort(): a byte of the port of the firmware's progress codes.
    .globl ReadPort
ReadPort:
    movl $0x80, %edx
    inb %dx, %al
    ret

# void ReadSegmentBase(): the inactive base of GS.
    .globl ReadSegmentBase
ReadSegmentBase:
    movl $0xc0000102, %ecx
    rdmsr
    ret

# void ForcedCpuid(): CPUID with the prefix that asks the hypervisor for it.
    .globl ForcedCpuid
ForcedCpuid:
    pushq %rbx
    xorl %eax, %eax
    xorl %ecx, %ecx
    ud2
    .ascii "xen"
    cpuid
    popq %rbx
    ret

# ulong ReadEventsSeen()
    .globl ReadEventsSeen
ReadEventsSeen:
    movq EventsSeen(%rip), %rax
    ret

# ulong AddressByNumber(int): what C# cannot name.
    .globl AddressByNumber
AddressByNumber:
    leaq addresses(%rip), %rax
    movq (%rax, %rdi, 8), %rax
    ret

    .section .rodata, "a"
    .balign 8
addresses:
    .quad syscall_entry, page_fault_entry, event_entry, application_syscalls, application_faults, entry_stack_top, room

    .bss
    .balign 8
kernel_stack:
    .skip 8
EventsSeen:
    .skip 8
    .balign 4096
    .skip 4096
application_stack_top:
    .skip 4096
entry_stack_top:
room:                                           # pages for tables and for mappings to change
    .skip 4096 * 256
