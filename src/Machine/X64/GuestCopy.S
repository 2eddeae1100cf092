# Reason for assembly: a guest's pointer may fault, and only here does the faulting instruction have an address that the fixup table can name.
# Each routine returns 0, or 1 when the guest's memory refused; the caller has checked that the range is outside the hypervisor's.

.macro guest_access at
    .pushsection .fixups, "a"
    .quad   \at, guest_access_refused
    .popsection
.endm

.text
guest_access_refused:
    mov     $1, %eax
    ret

# rdi = to, rsi = from, rdx = bytes
.globl CopyGuest
CopyGuest:
    mov     %rdx, %rcx
    shr     $3, %rcx
1:  rep movsq
    mov     %edx, %ecx
    and     $7, %ecx
2:  rep movsb
    xor     %eax, %eax
    ret
    guest_access 1b
    guest_access 2b

# rdi = from (guest), rsi = to (ours)
.globl LoadGuest64
LoadGuest64:
1:  mov     (%rdi), %rax
    mov     %rax, (%rsi)
    xor     %eax, %eax
    ret
    guest_access 1b

# rdi = to (guest), rsi = value
.globl StoreGuest64
StoreGuest64:
1:  mov     %rsi, (%rdi)
    xor     %eax, %eax
    ret
    guest_access 1b

# rdi = to (guest), rsi = words (ours), edx = how many words, 7 or 8: a bounce frame
.globl StoreGuestFrame
StoreGuestFrame:
    mov     (%rsi), %rax
1:  mov     %rax, (%rdi)
    mov     8(%rsi), %rax
2:  mov     %rax, 8(%rdi)
    mov     16(%rsi), %rax
3:  mov     %rax, 16(%rdi)
    mov     24(%rsi), %rax
4:  mov     %rax, 24(%rdi)
    mov     32(%rsi), %rax
5:  mov     %rax, 32(%rdi)
    mov     40(%rsi), %rax
6:  mov     %rax, 40(%rdi)
    mov     48(%rsi), %rax
7:  mov     %rax, 48(%rdi)
    cmp     $7, %edx
    je      9f
    mov     56(%rsi), %rax
8:  mov     %rax, 56(%rdi)
9:  xor     %eax, %eax
    ret
    guest_access 1b
    guest_access 2b
    guest_access 3b
    guest_access 4b
    guest_access 5b
    guest_access 6b
    guest_access 7b
    guest_access 8b

# Loads the guest's data selectors: edi = DS, esi = ES, edx = FS, ecx = GS. One that the processor refuses becomes null; returns how many did.
.globl LoadDataSegments
LoadDataSegments:
    xor     %eax, %eax
1:  mov     %edi, %ds
2:  mov     %esi, %es
3:  mov     %edx, %fs
4:  mov     %ecx, %gs
    ret
refused_ds:
    xor     %edi, %edi
    inc     %eax
    jmp     1b
refused_es:
    xor     %esi, %esi
    inc     %eax
    jmp     2b
refused_fs:
    xor     %edx, %edx
    inc     %eax
    jmp     3b
refused_gs:
    xor     %ecx, %ecx
    inc     %eax
    jmp     4b
    .pushsection .fixups, "a"
    .quad   1b, refused_ds, 2b, refused_es, 3b, refused_fs, 4b, refused_gs
    .popsection

# The inactive GS selector of `set_segment_base`: edi = selector; returns 0, or 1 when it was refused and null was loaded.
.globl LoadInactiveGs
LoadInactiveGs:
    xor     %eax, %eax
    swapgs
1:  mov     %edi, %gs
    swapgs
    ret
refused_inactive:
    xor     %edi, %edi
    mov     $1, %eax
    jmp     1b
    .pushsection .fixups, "a"
    .quad   1b, refused_inactive
    .popsection
