# Where the hypervisor enters the guest: one stub of 16 bytes for each of 32 exceptions, then the callbacks for events (32), failsafe (33)
# and syscall (34). The bounce frame has RCX and R11 on top (design 04, 4.4); the stubs make of it what TrapFrame.cs describes.

    .set HYPERCALL_IRET, 23

    .text
    .balign 16
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept 35
    .balign 16
    popq %rcx
    popq %r11
    .if (vector == 33)
    jmp failsafe
    .endif
    .if (vector == 8) || (vector >= 10 && vector <= 14) || (vector == 17) || (vector == 21)
    .else
    pushq $0
    .endif
    pushq $vector
    jmp trap_common
    .set vector, vector + 1
    .endr

# The failsafe callback's frame tells of DS, ES, FS and GS above r11.
failsafe:
    popq LostSelectors(%rip)
    popq LostSelectors + 8(%rip)
    popq LostSelectors + 16(%rip)
    popq LostSelectors + 24(%rip)
    pushq $0
    pushq $33
trap_common:
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rbx
    pushq %rbp
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cld
    movq %rsp, %rdi
    movq %rsp, %rbx
    andq $-16, %rsp
    call GuestKitTrap
    movq %rbx, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rbp
    popq %rbx
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp
    pushq $0                                    # flags: leave by iretq
    pushq %rcx
    pushq %r11
    pushq %rax
    movl $HYPERCALL_IRET, %eax
    syscall
    ud2

    .globl LostSelectorsAddress
LostSelectorsAddress:
    leaq LostSelectors(%rip), %rax
    ret

    .bss
    .balign 8
LostSelectors:
    .skip 32
