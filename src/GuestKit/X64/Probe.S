# Instructions that may fault. ulong ProbeRun(code, ulong first, ulong second, ulong* result) calls code(first, second) and stores what it
# returns; the answer is 0, or 1 if it trapped on the way: the trap handler then goes on at probe_faulted with the stack kept here.

    .text

    .globl ProbeRun
ProbeRun:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rcx
    movq %rsp, ProbeStack(%rip)
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    call *%rax
    popq %rcx
    movq %rax, (%rcx)
    xorl %eax, %eax
    jmp 1f
    .globl probe_faulted
probe_faulted:
    popq %rcx
    movl $1, %eax
1:  movq $0, ProbeStack(%rip)
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

# ulong GuestKitProbe(int index): the address of one of the instructions below, in the order of Probe.Code.
    .globl GuestKitProbe
GuestKitProbe:
    leaq probes(%rip), %rax
    movq (%rax, %rdi, 8), %rax
    ret

# The place of the stack to go on with while a probe runs, 0 otherwise.
    .globl ProbeStackAddress
ProbeStackAddress:
    leaq ProbeStack(%rip), %rax
    ret

probe_load:
    movq (%rdi), %rax
    ret
probe_store:
    movq %rsi, (%rdi)
    ret
probe_jump:
    jmp *%rdi
probe_undefined:
    ud2
probe_breakpoint:
    int3
    ret
probe_divide:
    movq %rdi, %rax
    xorl %edx, %edx
    divq %rsi
    ret
probe_read_msr:
    movl %edi, %ecx
    rdmsr
    shlq $32, %rdx
    orq %rdx, %rax
    ret
probe_write_msr:
    movl %edi, %ecx
    movl %esi, %eax
    movq %rsi, %rdx
    shrq $32, %rdx
    wrmsr
    ret
probe_clear_interrupts:
    cli
    ret
probe_halt:
    hlt
    ret
probe_port_in:
    movl %edi, %edx
    xorl %eax, %eax
    inb %dx, %al
    ret
probe_port_out:
    movl %edi, %edx
    movl %esi, %eax
    outb %al, %dx
    ret
probe_read_cr3:
    movq %cr3, %rax
    ret
probe_write_cr3:
    movq %rdi, %cr3
    ret
probe_invalidate_page:
    invlpg (%rdi)
    ret
probe_load_idt:
    lidt (%rdi)
    ret
probe_load_gdt:
    lgdt (%rdi)
    ret
probe_interrupt_0x80:
    int $0x80
    ret
probe_port_in_32:
    movl %edi, %edx
    inl %dx, %eax
    ret
probe_port_out_32:
    movl %edi, %edx
    movl %esi, %eax
    outl %eax, %dx
    ret

    .section .rodata, "a"
    .balign 8
probes:
    .quad probe_load, probe_store, probe_jump, probe_undefined, probe_breakpoint, probe_divide
    .quad probe_read_msr, probe_write_msr, probe_clear_interrupts, probe_halt, probe_port_in, probe_port_out
    .quad probe_read_cr3, probe_write_cr3, probe_invalidate_page, probe_load_idt, probe_load_gdt, probe_interrupt_0x80
    .quad probe_port_in_32, probe_port_out_32

    .bss
    .balign 8
ProbeStack:
    .skip 8
