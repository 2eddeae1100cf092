# ulong Multiply(ulong a, ulong b, ulong* low): the high half of the 128-bit product; behind System.Math.BigMul.

    .text

    .globl Multiply
Multiply:
    movq %rdx, %rcx
    movq %rdi, %rax
    mulq %rsi
    movq %rax, (%rcx)
    movq %rdx, %rax
    ret
