# Where failed checks of the language end: each entry passes its number (FailureKind) and the address it was called from,
# that is the guilty line, to RuntimeFailure. The frame pointer chain is still the guilty function's.

    .text

    .macro failure name, kind
    .globl \name
\name:
    movq %rdi, %rdx                             # the culprit itself, where the caller passes one
    movq (%rsp), %rsi
    movl $\kind, %edi
    jmp RuntimeFailure
    .endm

    failure FailureIndex, 0
    failure FailureRange, 1
    failure FailureOverflow, 2
    failure FailureNoValue, 3
    failure FailureNull, 4
    failure FailureDivide, 5
    failure FailureBody, 6
    failure FailureDirectMap, 7
    failure FailureTable, 8

# ilc names these for code that is called from outside with a runtime around it; there is none.
    .globl RhpReversePInvoke
RhpReversePInvoke:
    .globl RhpReversePInvokeReturn
RhpReversePInvokeReturn:
    ret

    .globl RhpFallbackFailFast
RhpFallbackFailFast:
    movq (%rsp), %rsi
    movl $6, %edi
    jmp RuntimeFailure

    .section .rodata
    .balign 8
    .globl __security_cookie
__security_cookie:
    .quad 0x5e7a1a5e7a1a00
