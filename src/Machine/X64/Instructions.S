# Reason for assembly: single instructions that C# has no word for. Arguments in rdi, rsi, rdx, rcx; results in rax.

.include "Fixups.inc"

.text

# void Cpuid(uint leaf, uint subleaf, uint* four)
.globl X64Cpuid
X64Cpuid:
    push    %rbx
    mov     %rdx, %r8
    mov     %edi, %eax
    mov     %esi, %ecx
    cpuid
    mov     %eax, (%r8)
    mov     %ebx, 4(%r8)
    mov     %ecx, 8(%r8)
    mov     %edx, 12(%r8)
    pop     %rbx
    ret

# int ReadMsr(uint number, ulong* value): 0, or 1 when there is no such register
.globl X64ReadMsr
X64ReadMsr:
    mov     %edi, %ecx
1:  rdmsr
    shl     $32, %rdx
    or      %rdx, %rax
    mov     %rax, (%rsi)
    xor     %eax, %eax
    ret
2:  mov     $1, %eax
    ret
    fixup   1b, 2b

# int WriteMsr(uint number, ulong value)
.globl X64WriteMsr
X64WriteMsr:
    mov     %edi, %ecx
    mov     %esi, %eax
    mov     %rsi, %rdx
    shr     $32, %rdx
1:  wrmsr
    xor     %eax, %eax
    ret
2:  mov     $1, %eax
    ret
    fixup   1b, 2b

.globl X64ReadCr0, X64ReadCr2, X64ReadCr3, X64WriteCr3, X64WriteCr3AndTell, X64WriteCr4
X64ReadCr0:
    mov     %cr0, %rax
    ret
X64ReadCr2:
    mov     %cr2, %rax
    ret
X64ReadCr3:
    mov     %cr3, %rax
    ret
X64WriteCr3:
    mov     %rdi, %cr3
    ret
X64WriteCr3AndTell:
    mov     %rdi, %cr3
    mov     %edx, (%rsi)
    ret
X64WriteCr4:
    mov     %rdi, %cr4
    ret

.globl X64InvalidatePage
X64InvalidatePage:
    invlpg  (%rdi)
    ret

.globl X64TimeStamp
X64TimeStamp:
    rdtsc
    shl     $32, %rdx
    or      %rdx, %rax
    ret

# RDTSC alone may be done before what stands before it.
.globl X64TimeStampInOrder
X64TimeStampInOrder:
    lfence
    rdtsc
    shl     $32, %rdx
    or      %rdx, %rax
    ret

.globl X64Fence
X64Fence:
    mfence
    lfence
    ret

# A breakpoint while the IDT has no entries is a fault in the delivery of a fault in the delivery of a fault.
.globl X64TripleFault
X64TripleFault:
    push    $0
    push    $0
    lidt    (%rsp)
    int3

# Waits for an interrupt, which is taken inside, and returns with interrupts off again.
.globl X64WaitForInterrupt
X64WaitForInterrupt:
    sti
    hlt
    cli
    ret

# Takes the interrupts that wait.
.globl X64TakeInterrupts
X64TakeInterrupts:
    sti
    nop
    cli
    ret

.globl X64EnableInterrupts, X64DisableInterrupts
X64EnableInterrupts:
    sti
    ret
X64DisableInterrupts:
    cli
    ret

.globl X64Halt
X64Halt:
    cli
    hlt
    jmp     X64Halt

# uint X64ProcessorNumber(): the limit of the descriptor that DescriptorTables keeps for it; 0 while the boot's GDT, which lacks it, is loaded.
.globl X64ProcessorNumber
X64ProcessorNumber:
    xor     %eax, %eax
    mov     $0xe038, %ecx
    lsl     %ecx, %eax
    ret

# int X64InterruptsAreOn()
.globl X64InterruptsAreOn
X64InterruptsAreOn:
    pushfq
    pop     %rax
    shr     $9, %rax
    and     $1, %eax
    ret

# VERW with a writable data selector clears the buffers that MDS reads (SDM vol. 2, where CPUID says MD_CLEAR); the register form does not.
.globl X64ClearBuffers
X64ClearBuffers:
    push    $0xe02b
    verw    (%rsp)
    pop     %rax
    ret

.globl X64Pause
X64Pause:
    pause
    ret

.globl X64In8, X64In16, X64In32, X64Out8, X64Out16, X64Out32
X64In8:
    mov     %edi, %edx
    xor     %eax, %eax
    in      %dx, %al
    ret
X64In16:
    mov     %edi, %edx
    xor     %eax, %eax
    in      %dx, %ax
    ret
X64In32:
    mov     %edi, %edx
    in      %dx, %eax
    ret
X64Out8:
    mov     %edi, %edx
    mov     %esi, %eax
    out     %al, %dx
    ret
X64Out16:
    mov     %edi, %edx
    mov     %esi, %eax
    out     %ax, %dx
    ret
X64Out32:
    mov     %edi, %edx
    mov     %esi, %eax
    out     %eax, %dx
    ret

# void LoadDescriptorTables(gdt*, idt*, ushort taskSelector): ten-byte operands; reloads CS, nulls SS and the data segments
.globl X64LoadDescriptorTables
X64LoadDescriptorTables:
    lgdt    (%rdi)
    lidt    (%rsi)
    xor     %eax, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    mov     %eax, %fs
    mov     %eax, %gs
    ltr     %dx
    pop     %rax
    push    $0xe008
    push    %rax
    lretq

.globl X64LoadLocalTable
X64LoadLocalTable:
    lldt    %di
    ret

# XSAVE and XRSTOR with the mask in rsi, FXSAVE and FXRSTOR: rdi = the 64-byte aligned area. A guest's image may be refused: returns 1.
# X64ForgetPointers gives the x87's last instruction and operand our own addresses, where the restoring leaves them alone (FloatingPoint).
.globl X64SaveExtended, X64RestoreExtended, X64SaveLegacy, X64RestoreLegacy, X64ForgetPointers
X64ForgetPointers:
    fnclex
    emms
    fildl   zero(%rip)
    ret
X64SaveExtended:
    mov     %esi, %eax
    mov     %rsi, %rdx
    shr     $32, %rdx
    xsave64 (%rdi)
    ret
X64RestoreExtended:
    mov     %esi, %eax
    mov     %rsi, %rdx
    shr     $32, %rdx
1:  xrstor64 (%rdi)
    xor     %eax, %eax
    ret
2:  mov     $1, %eax
    ret
X64SaveLegacy:
    fxsave64 (%rdi)
    xor     %eax, %eax
    ret
X64RestoreLegacy:
3:  fxrstor64 (%rdi)
    xor     %eax, %eax
    ret
    fixup   1b, 2b
    fixup   3b, 2b

.globl X64WriteXcr0
# int: 0, or 1 when the processor refuses the combination
X64WriteXcr0:
    mov     %edi, %eax
    mov     %rdi, %rdx
    shr     $32, %rdx
    xor     %ecx, %ecx
1:  xsetbv
    xor     %eax, %eax
    ret
2:  mov     $1, %eax
    ret
    fixup   1b, 2b

# ulong X64ReadSelectors(): DS, ES, FS and GS, sixteen bits each from the lowest on
.globl X64ReadSelectors
X64ReadSelectors:
    mov     %gs, %eax
    shl     $16, %rax
    mov     %fs, %ecx
    or      %rcx, %rax
    shl     $16, %rax
    mov     %es, %ecx
    or      %rcx, %rax
    shl     $16, %rax
    mov     %ds, %ecx
    or      %rcx, %rax
    ret

# void X64ReadBases(ulong* three): FS_BASE, GS_BASE and KERNEL_GS_BASE, whose numbers follow each other
# void X64WriteBases(ulong fs, ulong gs, ulong inactive): one that the processor refuses stays as it was
.globl X64ReadBases, X64WriteBases
X64ReadBases:
    mov     $0xc0000100, %ecx
    rdmsr
    mov     %eax, (%rdi)
    mov     %edx, 4(%rdi)
    inc     %ecx
    rdmsr
    mov     %eax, 8(%rdi)
    mov     %edx, 12(%rdi)
    inc     %ecx
    rdmsr
    mov     %eax, 16(%rdi)
    mov     %edx, 20(%rdi)
    ret
X64WriteBases:
    mov     %rdx, %r8
    mov     $0xc0000100, %ecx
    mov     %edi, %eax
    mov     %rdi, %rdx
    shr     $32, %rdx
1:  wrmsr
2:  inc     %ecx
    mov     %esi, %eax
    mov     %rsi, %rdx
    shr     $32, %rdx
3:  wrmsr
4:  inc     %ecx
    mov     %r8d, %eax
    mov     %r8, %rdx
    shr     $32, %rdx
5:  wrmsr
6:  ret
    fixup   1b, 2b
    fixup   3b, 4b
    fixup   5b, 6b

# void X64WriteDr(int register, ulong value): 0 to 3, 6 or 7; another changes nothing. By comparisons, since a table would be a jump to train.
.globl X64WriteDr, X64ReadDr6
X64WriteDr:
.irp number, 6, 7, 0, 1, 2, 3
    cmp     $\number, %edi
    jne     1f
    mov     %rsi, %dr\number
    ret
1:
.endr
    ret
X64ReadDr6:
    mov     %dr6, %rax
    ret

# The hypervisor's frame pointer, for backtraces; the swap of GS and KERNEL_GS_BASE that changes a guest's mode; write back all caches.
.globl X64FramePointer, X64SwapGs, X64WriteBackCaches
X64FramePointer:
    mov     %rbp, %rax
    ret
X64SwapGs:
    swapgs
    ret
X64WriteBackCaches:
    wbinvd
    ret

# void FlushLines(ulong address, ulong end): writes the cache lines of a range back to memory and forgets them
.globl X64FlushLines
X64FlushLines:
    and     $-64, %rdi
1:  cmp     %rsi, %rdi
    jae     2f
    clflush (%rdi)
    add     $64, %rdi
    jmp     1b
2:  mfence
    ret

# Addresses of assembly symbols, since C# cannot name them: ulong X64Symbol(int index)
.globl X64Symbol
X64Symbol:
    lea     symbol_table(%rip), %rax
    mov     (%rax, %rdi, 8), %rax
    ret
    .section .rodata, "a"
    .balign 8
zero:
    .quad   0
symbol_table:
    .quad   syscall_stubs, trap_stubs, task_states, fixups_start, fixups_end
    .quad   image_start, text_end, image_end, boot_l4, symbols_start, symbols_end, coroutine_start
    .quad   trampoline_start, trampoline_end, application_stack, sysenter_entry, panicking_processor
    .quad   windows_start, windows_end, diversions_start, diversions_end, entry_start, entry_end, entry_page, entry_info
    .quad   split_syscall, split_compatibility_syscall, split_trap_stubs, split_sysenter_entry
