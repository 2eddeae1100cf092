/* What programs ask of the kernel that only it may do: ports, segment bases, the control of another process, code of its own changed, and rest. */
#define _GNU_SOURCE
#include "bench.h"

#include <asm/prctl.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/io.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The port of the firmware's progress codes, which every machine has and nobody minds. */
#define PORT 0x80

static uint64_t read_port(unsigned operations)
{
    uint64_t check = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        check += inb(PORT);
    stop();
    return check;
}

static uint64_t port_by_level(unsigned operations)
{
    must(iopl(3) == 0, "iopl");
    uint64_t check = read_port(operations);
    must(iopl(0) == 0, "iopl");
    return check;
}

static uint64_t port_by_bitmap(unsigned operations)
{
    must(ioperm(PORT, 1, 1) == 0, "ioperm");
    uint64_t check = read_port(operations);
    must(ioperm(PORT, 1, 0) == 0, "ioperm");
    return check;
}

static uint64_t permit(unsigned operations)
{
    uint64_t done = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        done += ioperm(PORT, 1, i % 2 == 0) == 0;
    stop();
    return done;
}

static uint64_t set_segment(unsigned operations)
{
    unsigned long base = 0;
    uint64_t done = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        done += syscall(SYS_arch_prctl, ARCH_SET_GS, (unsigned long)i << 12) == 0;
    stop();
    must(syscall(SYS_arch_prctl, ARCH_GET_GS, &base) == 0 && base == (unsigned long)(operations - 1) << 12, "the base of GS");
    syscall(SYS_arch_prctl, ARCH_SET_GS, 0);
    return done;
}

static uint64_t get_segment(unsigned operations)
{
    unsigned long base = 0;
    uint64_t check = 0;
    must(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x12345000) == 0, "arch_prctl");
    start();
    for (unsigned i = 0; i < operations; i++) {
        check += syscall(SYS_arch_prctl, ARCH_GET_GS, &base) == 0;
        check += base;
    }
    stop();
    syscall(SYS_arch_prctl, ARCH_SET_GS, 0);
    return check;
}

/* A child that stops where its parent can hold it, and then asks who that is, again and again. */
static pid_t held(void)
{
    int status;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        while (true)
            syscall(SYS_getppid);
    }
    must(waitpid(child, &status, 0) == child && WIFSTOPPED(status), "a child that stops");
    return child;
}

static uint64_t go_on(unsigned operations, int request)
{
    pid_t child = held();
    uint64_t stops = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        int status = 0;
        ptrace(request, child, NULL, NULL);
        stops += waitpid(child, &status, 0) == child && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
    }
    stop();
    end(child);
    return stops;
}

static uint64_t step(unsigned operations)
{
    return go_on(operations, PTRACE_SINGLESTEP);
}

static uint64_t to_next_call(unsigned operations)
{
    return go_on(operations, PTRACE_SYSCALL);
}

/* A static key of the scheduler's: each change rewrites the branches that ask for it, in the kernel's own code. */
static uint64_t patch(unsigned operations)
{
    int file = open("/proc/sys/kernel/sched_schedstats", O_WRONLY);
    uint64_t done = 0;
    must(file >= 0, "sched_schedstats");
    start();
    for (unsigned i = 0; i < operations; i++)
        done += pwrite(file, i % 2 == 0 ? "1" : "0", 1, 0) == 1;
    stop();
    close(file);
    return done;
}

static uint64_t rest(unsigned operations)
{
    const struct timespec second = { 1, 0 };
    uint64_t slept = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        slept += nanosleep(&second, NULL) == 0;
    stop();
    return slept;
}

const struct row privileged[] = {
    { "port-iopl", 10, port_by_level },
    { "port-ioperm", 10, port_by_bitmap },
    { "ioperm", 9, permit },
    { "arch-prctl-set", 10, set_segment },
    { "arch-prctl-get", 10, get_segment },
    { "ptrace-step", 8, step },
    { "ptrace-syscall", 8, to_next_call },
    { "static-key", 4, patch },
    { "idle-second", 2, rest },
    { NULL, 0, NULL },
};
