# Hypercalls: the number in EAX, arguments in RDI RSI RDX R10 R8, the result in RAX; syscall destroys RCX and R11.
# From C#: long HypercallBySyscall(uint number, ulong, ulong, ulong, ulong, ulong), and the same through the page of the note HYPERCALL_PAGE.

    .section .text.page, "ax"
    .balign 4096
    .globl hypercall_page
hypercall_page:                                 # 32 bytes for each number, filled by the domain builder
    .fill 4096, 1, 0xcc

    .text

    .macro load_arguments
    movl %edi, %eax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    .endm

    .globl HypercallBySyscall
HypercallBySyscall:
    load_arguments
    syscall
    ret

    .globl HypercallByPage
HypercallByPage:
    load_arguments
    leaq hypercall_page(%rip), %rcx
    movl %eax, %r11d
    shlq $5, %r11
    addq %r11, %rcx
    jmp *%rcx

# ulong ReadTimeStamp()
    .globl ReadTimeStamp
ReadTimeStamp:
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    ret
