# Reason for assembly: a second stack, and the change between it and the processor's own.

.text

# void SwitchStack(ulong* save, ulong load): keeps what a call must keep, and xmm0, which C# may be in the middle of using when an interrupt
# brings it here.
.globl SwitchStack
SwitchStack:
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    sub     $16, %rsp
    movups  %xmm0, (%rsp)
    mov     %rsp, (%rdi)
    mov     %rsi, %rsp
    movups  (%rsp), %xmm0
    add     $16, %rsp
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    ret

# Where the second stack begins.
.globl coroutine_start
coroutine_start:
    xor     %ebp, %ebp
    call    BackgroundMain
    ud2
