/* Signals: a handler installed, a handler called, and a fault of protection that the program handles itself. */
#define _GNU_SOURCE
#include "bench.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static volatile uint64_t caught;
static uint64_t after_store;

static void count(int number)
{
    (void)number;
    caught++;
}

static struct sigaction counting(void)
{
    struct sigaction action = { .sa_handler = count };
    return action;
}

static uint64_t install(unsigned operations)
{
    struct sigaction action = counting(), before;
    uint64_t done = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        done += sigaction(SIGUSR1, &action, &before) == 0;
    stop();
    return done;
}

static uint64_t handle(unsigned operations)
{
    struct sigaction action = counting();
    pid_t self = getpid();
    must(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    caught = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        kill(self, SIGUSR1);
    stop();
    return caught;
}

/* The program goes on behind the store that failed. */
static void skip_store(int number, siginfo_t *information, void *context)
{
    (void)number, (void)information;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = (greg_t)after_store;
    caught++;
}

static uint64_t protection_fault(unsigned operations)
{
    struct sigaction action = { .sa_sigaction = skip_store, .sa_flags = SA_SIGINFO };
    char *memory = pages(1);
    touch(memory, 1);
    must(mprotect(memory, PAGE, PROT_READ) == 0 && sigaction(SIGSEGV, &action, NULL) == 0, "a page to read only");
    caught = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        __asm__ volatile("leaq 1f(%%rip), %%rax; movq %%rax, %0; movb $2, (%1); 1:" : "=m"(after_store) : "r"(memory) : "rax", "memory");
    stop();
    must(memory[0] == 1, "a page to read only was written to");
    munmap(memory, PAGE);
    signal(SIGSEGV, SIG_DFL);
    return caught;
}

const struct row signals[] = {
    { "signal-install", 12, install },
    { "signal-caught", 11, handle },
    { "protection-fault", 11, protection_fault },
    { NULL, 0, NULL },
};
