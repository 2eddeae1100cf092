/*
 * Two processors: what one of a process's two threads does to the other that runs beside it, and a processor that is taken away and comes back. The
 * thread beside gives the turn away with each pause, since QEMU lets the processors take turns (docs/performance.md).
 */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static _Atomic uint32_t turn;
static _Atomic bool leaves, there;
static char *shown;

static void stay_on(int processor)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(processor, &only);
    must(sched_setaffinity(0, sizeof only, &only) == 0, "sched_setaffinity");
}

/* A thread on the other processor, which ends by itself. */
static pid_t beside(int (*live)(void *))
{
    static char stack[16384] __attribute__((aligned(16)));
    stay_on(0);
    turn = 0;
    leaves = there = false;
    pid_t thread = clone(live, stack + sizeof stack, CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, NULL);
    must(thread > 0, "clone");
    while (!there)
        sched_yield();
    return thread;
}

static void gone(pid_t thread)
{
    leaves = true;
    finish(thread, "the thread beside");
}

static void wait_while(uint32_t value)
{
    while (turn == value)
        syscall(SYS_futex, &turn, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void give_turn(uint32_t value)
{
    turn = value;
    syscall(SYS_futex, &turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Answers each odd turn by the even one behind it, until the last. */
static int answer(void *nothing)
{
    (void)nothing;
    stay_on(1);
    there = true;
    for (uint32_t next = 1; next != 0; next += 2) {
        wait_while(next - 1);
        if (leaves)
            return 0;
        give_turn(next + 1);
    }
    return 1;
}

static uint64_t wake_each_other(unsigned operations)
{
    pid_t thread = beside(answer);
    start();
    for (uint32_t i = 0; i < operations; i++) {
        give_turn(2 * i + 1);
        wait_while(2 * i + 1);
    }
    stop();
    uint64_t check = turn;
    leaves = true;
    give_turn(2 * operations + 1);
    gone(thread);
    return check;
}

/* Looks at the page that is shown to it, if there is one. */
static int look(void *nothing)
{
    (void)nothing;
    stay_on(1);
    there = true;
    while (!leaves) {
        if (shown != NULL)
            (void)*(volatile char *)shown;
        __builtin_ia32_pause();
    }
    return 0;
}

static uint64_t order_all(unsigned operations)
{
    uint64_t done = 0;
    must(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0, "membarrier");
    shown = NULL;
    pid_t thread = beside(look);
    start();
    for (unsigned i = 0; i < operations; i++)
        done += syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
    stop();
    gone(thread);
    return done;
}

/* A page to read only and back, and written to; what the other processor remembers of it must go each time. */
static uint64_t protect_for_both(unsigned operations)
{
    uint64_t check = 0;
    shown = pages(1);
    touch(shown, 1);
    pid_t thread = beside(look);
    start();
    for (unsigned i = 0; i < operations; i++) {
        must(mprotect(shown, PAGE, PROT_READ) == 0 && mprotect(shown, PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
        *(volatile char *)shown = (char)i;
        check += (unsigned char)*shown;
    }
    stop();
    gone(thread);
    munmap(shown, PAGE);
    return check;
}

static uint64_t take_processor_away(unsigned operations)
{
    int file = open("/sys/devices/system/cpu/cpu1/online", O_RDWR);
    uint64_t done = 0;
    must(file >= 0, "cpu1");
    stay_on(0);
    start();
    for (unsigned i = 0; i < operations; i++)
        done += pwrite(file, "0\n", 2, 0) == 2 && pwrite(file, "1\n", 2, 0) == 2;
    stop();
    close(file);
    return done;
}

const struct row neighbours[] = {
    { "futex-2", 9, wake_each_other },
    { "membarrier-2", 9, order_all },
    { "mprotect-2", 9, protect_for_both },
    { "cpu-down-up", 3, take_processor_away },
    { NULL, 0, NULL },
};
