# User code: UserEnter(rip, rsp, rflags, rdi, rsi, cs) leaves the kernel by HYPERVISOR_iret and comes back as if from a call when the user
# code traps: GuestKitTrap then goes on at user_finished with the stack kept here.

    .set HYPERCALL_IRET, 23
    .set FLAT_STACK, 0xe02b

    .text

    .globl UserEnter
UserEnter:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, UserKernelStack(%rip)
    pushq $FLAT_STACK
    pushq %rsi
    pushq %rdx
    pushq %r9
    pushq %rdi
    pushq $0                                    # flags: leave by iretq
    pushq $0                                    # rcx
    pushq $0                                    # r11
    pushq $0                                    # rax
    movq %rcx, %rdi
    movq %r8, %rsi
    movl $HYPERCALL_IRET, %eax
    syscall
    ud2

    .globl user_finished
user_finished:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

    .globl UserKernelStackAddress
UserKernelStackAddress:
    leaq UserKernelStack(%rip), %rax
    ret

    .bss
    .balign 8
UserKernelStack:
    .skip 8
