# Reason for assembly: a guest's pointer may fault, and only here does the faulting instruction have an address that the fixup table can name.
# Each routine returns 0, or 1 when the guest's memory refused; the caller has checked that the range is outside the hypervisor's. These are all the
# windows to guests' memory but the two of Entry.S: each opens at its routine's beginning, and is closed on every way out, the refusal's too.

.include "Offsets.inc"
.include "Window.inc"
.include "Fixups.inc"

# A move that may fault.
.macro guest_move from, to, refused=guest_access_refused
.Lmove\@:
    mov     \from, \to
    fixup   .Lmove\@, \refused
.endm

.text
guest_access_refused:
    close_window
    mov     $1, %eax
    ret

# rdi = to, rsi = from, rdx = bytes
.globl CopyGuest
CopyGuest:
    open_window
    mov     %rdx, %rcx
    shr     $3, %rcx
1:  rep movsq
    mov     %edx, %ecx
    and     $7, %ecx
2:  rep movsb
    close_window
    xor     %eax, %eax
    ret
    fixup   1b, guest_access_refused
    fixup   2b, guest_access_refused

# rdi = to, rsi = from: so many bytes, all of them read before any is written.
.macro copy_guest bytes
.globl CopyGuest\bytes
CopyGuest\bytes:
    open_window
    guest_move (%rsi), %rax
    guest_move 8(%rsi), %rcx
.if \bytes > 16
    guest_move 16(%rsi), %rdx
.endif
.if \bytes > 24
    guest_move 24(%rsi), %r8
.endif
.if \bytes > 32
    guest_move 32(%rsi), %r9
.endif
    guest_move %rax, (%rdi)
    guest_move %rcx, 8(%rdi)
.if \bytes > 16
    guest_move %rdx, 16(%rdi)
.endif
.if \bytes > 24
    guest_move %r8, 24(%rdi)
.endif
.if \bytes > 32
    guest_move %r9, 32(%rdi)
.endif
    close_window
    xor     %eax, %eax
    ret
.endm

    copy_guest 16
    copy_guest 24
    copy_guest 32
    copy_guest 40

# rdi = from (guest), rsi = to (ours)
.globl LoadGuest32
LoadGuest32:
    open_window
    guest_move (%rdi), %eax
    close_window
    mov     %eax, (%rsi)
    xor     %eax, %eax
    ret

# rdi = from (guest), rsi = to (ours)
.globl LoadGuest64
LoadGuest64:
    open_window
    guest_move (%rdi), %rax
    close_window
    mov     %rax, (%rsi)
    xor     %eax, %eax
    ret

# rdi = to (guest), rsi = value
.globl StoreGuest64
StoreGuest64:
    open_window
    guest_move %rsi, (%rdi)
    close_window
    xor     %eax, %eax
    ret

# rdi = to (guest), esi = value
.globl StoreGuest16
StoreGuest16:
    open_window
    guest_move %si, (%rdi)
    close_window
    xor     %eax, %eax
    ret

# rdi = an entry of a multicall (guest), rsi = a frame of registers (ours): five arguments into the frame. Returns the call's number, or -1.
.globl LoadGuestCall
LoadGuestCall:
    open_window
    guest_move (%rdi), %eax, refused_call
1:  cmpl    $0, 4(%rdi)
    fixup   1b, refused_call
    jne     wide_call
    guest_move 16(%rdi), %rcx, refused_call
    guest_move 24(%rdi), %rdx, refused_call
    guest_move 32(%rdi), %r8, refused_call
    guest_move 40(%rdi), %r9, refused_call
    guest_move 48(%rdi), %r10, refused_call
    close_window
    mov     %rcx, REGISTERS_RDI(%rsi)
    mov     %rdx, REGISTERS_RSI(%rsi)
    mov     %r8, REGISTERS_RDX(%rsi)
    mov     %r9, REGISTERS_R10(%rsi)
    mov     %r10, REGISTERS_R8(%rsi)
    ret
# A number of more than 32 bits is that of no call.
wide_call:
    close_window
    mov     $-1, %eax
    ret
refused_call:
    close_window
    mov     $-1, %rax
    ret

# A bounce frame: rdi = to (guest), rsi = the frame of registers (ours), rdx = the word of CS, rcx = that of RFLAGS, r8 = the error code of the
# second form.
.macro store_guest_frame name, rest
.globl \name
\name:
    open_window
    mov     REGISTERS_RCX(%rsi), %rax
    guest_move %rax, (%rdi)
    mov     REGISTERS_R11(%rsi), %rax
    guest_move %rax, 8(%rdi)
.if \rest > 16
    guest_move %r8, 16(%rdi)
.endif
    mov     REGISTERS_RIP(%rsi), %rax
    guest_move %rax, \rest(%rdi)
    guest_move %rdx, \rest + 8(%rdi)
    guest_move %rcx, \rest + 16(%rdi)
    mov     REGISTERS_RSP(%rsi), %rax
    guest_move %rax, \rest + 24(%rdi)
    mov     REGISTERS_SS(%rsi), %rax
    guest_move %rax, \rest + 32(%rdi)
    close_window
    xor     %eax, %eax
    ret
.endm

    store_guest_frame StoreGuestFrame, 16
    store_guest_frame StoreGuestErrorFrame, 24

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
    fixup   1b, refused_ds
    fixup   2b, refused_es
    fixup   3b, refused_fs
    fixup   4b, refused_gs

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
    fixup   1b, refused_inactive
