# Reason for assembly: a table of 512 entries is mostly empty, and looking for the others is what pins and unpins of tables consist of. Two entries
# at a time go through xmm0, the one vector register that the hypervisor may use; the compiler would take more of them.

.macro or_entries from, to, register
    movdqa  \from(\register), %xmm0
    .set    place, \from + 16
    .rept   (\to - \from) / 16 - 1
    por     place(\register), %xmm0
    .set    place, place + 16
    .endr
    psllq   $63, %xmm0                          # bit 0 of an entry: present
    movmskpd %xmm0, %eax
    test    %eax, %eax
.endm

.text
# rdi = a table's first byte, esi = an index divisible by 8, at most 512; returns where the first group of 8 at or behind it begins that has a
# present entry, 512 if none has.
.globl X64NextGroup
X64NextGroup:
    lea     (%rdi, %rsi, 8), %rdx
    lea     4096(%rdi), %rcx
    jmp     3f
1:  or_entries 0, 64, %rdx
    jne     4f
    add     $64, %rdx
3:  test    $255, %dl                           # 32 entries at a time from there on where it can be
    jne     1b
2:  cmp     %rcx, %rdx
    jae     4f
    or_entries 0, 256, %rdx
    jne     1b
    add     $256, %rdx
    jmp     2b
4:  sub     %rdi, %rdx
    mov     %edx, %eax
    shr     $3, %eax
    ret

# rdi = a table's first byte, esi = an index divisible by 8, at most 512; returns where the last group of 8 before it begins that has a present
# entry, -8 if none has.
.globl X64PreviousGroup
X64PreviousGroup:
    lea     (%rdi, %rsi, 8), %rdx
    jmp     3f
1:  or_entries -64, 0, %rdx
    jne     4f
    sub     $64, %rdx
3:  test    $255, %dl
    jne     1b
2:  cmp     %rdi, %rdx
    jbe     4f
    or_entries -256, 0, %rdx
    jne     1b
    sub     $256, %rdx
    jmp     2b
4:  sub     %rdi, %rdx
    lea     -64(%rdx), %eax
    sar     $3, %eax
    ret
