# Reason for assembly: a change of stacks. What a C function must keep lies on the stack that is left; everything else is the caller's loss.

    .text

# void SwitchStack(ulong* save, ulong load)
    .globl SwitchStack
SwitchStack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

# ulong PrepareStack(ulong top, ulong method, ulong argument): the stack of a thread that has not run yet, as SwitchStack loads it
    .globl PrepareStack
PrepareStack:
    leaq -72(%rdi), %rax
    movq $0, (%rax)                             # r15
    movq $0, 8(%rax)                            # r14
    movq %rdx, 16(%rax)                         # r13
    movq %rsi, 24(%rax)                         # r12
    movq $0, 32(%rax)                           # rbx
    movq $0, 40(%rax)                           # rbp
    leaq thread_begins(%rip), %rcx
    movq %rcx, 48(%rax)
    ret

thread_begins:                                  # RSP is 16 below the top
    movq %r13, %rdi
    call *%r12
    call GuestKitThreadEnds
    ud2
