# Reason for assembly: the event callback of virtual CPU 1, with no compiled code around it. It acknowledges in its own vcpu_info (64 bytes behind
# that of virtual CPU 0 in the shared page) as GuestKit's does for virtual CPU 0.

    .set HYPERCALL_IRET, 23
    .set VCPU_INFO, 64

    .text

second_event_entry:
    popq %rcx
    popq %r11
    movb $0, shared_info_window + VCPU_INFO(%rip)
    movq $0, shared_info_window + VCPU_INFO + 8(%rip)
    pushq $0                                    # flags: leave by iretq
    pushq %rcx
    pushq %r11
    pushq %rax
    movl $HYPERCALL_IRET, %eax
    syscall
    ud2

# ulong SecondEventEntry(): its address
    .globl SecondEventEntry
SecondEventEntry:
    leaq second_event_entry(%rip), %rax
    ret

# void PauseProcessor(): in an emulator whose processors take turns, the others' turn
    .globl PauseProcessor
PauseProcessor:
    pause
    ret
