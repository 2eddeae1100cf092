/*
 * A 32-bit program without a C library: its system calls enter by int 0x80, which a paravirtual guest gets as a bounced trap, and then by the entry
 * that its kernel tells it of (AT_SYSINFO), which is SYSENTER on Intel's processors and SYSCALL on AMD's.
 */
static int system_call(int number, int a, int b, int c)
{
    int result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

static long vdso_entry;

static int vdso_call(int number, int a, int b, int c)
{
    int result;

    __asm__ volatile("call *%1" : "=a"(result) : "m"(vdso_entry), "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

enum { EXIT = 1, WRITE = 4, GETPID = 20, AT_SYSINFO = 32 };

static void find_entry(long *stack)
{
    long *word = stack + 1 + stack[0] + 1;

    while (*word++)
        ;
    for (; word[0]; word += 2)
        if (word[0] == AT_SYSINFO)
            vdso_entry = word[1];
}

void begin(long *stack);
void begin(long *stack)
{
    static const char good[] = "compat: int80 works\n", better[] = "compat: the vdso's entry works\n";
    int own = system_call(GETPID, 0, 0, 0), right = 1, i;

    if (own > 1)
        system_call(WRITE, 1, (int)(unsigned long)good, sizeof good - 1);
    find_entry(stack);
    for (i = 0; vdso_entry && i < 100; i++)
        right &= vdso_call(GETPID, 0, 0, 0) == own;
    if (vdso_entry && right)
        vdso_call(WRITE, 1, (int)(unsigned long)better, sizeof better - 1);
    system_call(EXIT, 0, 0, 0);
    for (;;) { }
}

__asm__(".globl _start\n_start: mov %esp, %eax\n push %eax\n call begin\n");
