# Reason for assembly: what Entry.S needs in memory before there is a stack for C#. The lock C# takes as well (Machine/Processor/HypervisorLock.cs).

.include "Offsets.inc"
#include "Lock.inc"

.text

.globl AcquireLock
AcquireLock:
    sub     $8, %rsp
    acquire_lock
    add     $8, %rsp
    ret

.globl ReleaseLock
ReleaseLock:
    sub     $8, %rsp
    give_lock
    add     $8, %rsp
    ret

# int X64TryLock(): takes the lock if it looks free; 0 when it was taken.
.globl X64TryLock
X64TryLock:
    mov     hypervisor_lock(%rip), %eax
    test    %eax, %eax
    jnz     1f
    mov     $1, %eax
    xchg    %eax, hypervisor_lock(%rip)
1:  ret

# 1 while a processor holds it; alone on its cache line.
.bss
.balign 64
.globl hypervisor_lock
hypervisor_lock:
    .skip   64

.balign 128
.globl task_states
task_states:
    .skip   MAXIMUM_PROCESSORS * TASK_STATE_BYTES

# What `syscall` pushes for the frame's error code and vector, in one word.
    .section .rodata, "a"
.balign 8
.globl syscall_vector
syscall_vector:
    .long   0, VECTOR_SYSCALL
