# The marks that bench/plugin/counter.c looks for, for the micro-guest and for Linux's applications alike.
# void MarkStart(int row), row below 256; void MarkStop(int log2_of_operations), below 32. They change RAX only.
# Reason for assembly: a mark is one certain NOP, with its number in the instruction.

    .text

    .macro marks kind, count
    .balign 8
    .set value, 0
    .rept \count
    .byte 0x0f, 0x1f, 0x80                      # nopl displacement(%rax)
    .long 0x5ea00000 + (\kind << 16) + value
    ret
    .set value, value + 1
    .endr
    .endm

    .globl MarkStart
MarkStart:
    movslq %edi, %rdi
    leaq starts(%rip), %rax
    leaq (%rax, %rdi, 8), %rax
    jmp *%rax

    .globl MarkStop
MarkStop:
    movslq %edi, %rdi
    leaq stops(%rip), %rax
    leaq (%rax, %rdi, 8), %rax
    jmp *%rax

starts:
    marks 0, 256
stops:
    marks 1, 32

    .section .note.GNU-stack, "", @progbits
