# The I/O ports of the processor, for Processor/Port.cs.

    .text

    .globl PortIn8
PortIn8:
    movl %edi, %edx
    xorl %eax, %eax
    inb %dx, %al
    ret

    .globl PortOut8
PortOut8:
    movl %edi, %edx
    movl %esi, %eax
    outb %al, %dx
    ret
