/* Signals made by exceptions (bounced through the hypervisor) and by timers, on the normal and on an alternate stack. */
#include "probe.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static sigjmp_buf back;
static volatile sig_atomic_t alarms;
static void *volatile fault_address;
static volatile int fault_code;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    fault_address = info->si_addr;
    fault_code = info->si_code;
    siglongjmp(back, number);
}

static int arrived(int number, void (*act)(void))
{
    int got = sigsetjmp(back, 1);

    if (got == 0)
        act();
    return got == number;
}

static void touch_nothing(void) { *(volatile int *)(uintptr_t)0x1234000 = 1; }
static void divide_by_zero(void) { __asm__ volatile("xor %%edx, %%edx\n\t xor %%ecx, %%ecx\n\t div %%ecx" ::: "eax", "ecx", "edx"); }
static void undefined(void) { __asm__ volatile("ud2"); }
static void privileged(void) { __asm__ volatile("hlt"); }
static void breakpoint(void) { __asm__ volatile("int3"); }
static void non_canonical(void) { *(volatile char *)(uintptr_t)0x8000000000000000ull = 1; }

static int check_exceptions(void)
{
    if (!arrived(SIGSEGV, touch_nothing) || fault_address != (void *)0x1234000 || fault_code != SEGV_MAPERR)
        return FAIL("page fault: address %p, code %d", fault_address, fault_code);
    if (!arrived(SIGFPE, divide_by_zero) || fault_code != FPE_INTDIV)
        return FAIL("division by zero: code %d", fault_code);
    if (!arrived(SIGILL, undefined))
        return FAIL("undefined instruction: no SIGILL");
    if (!arrived(SIGSEGV, privileged))
        return FAIL("hlt in user mode: no SIGSEGV");
    if (!arrived(SIGTRAP, breakpoint))
        return FAIL("int3: no SIGTRAP");
    if (!arrived(SIGSEGV, non_canonical))
        return FAIL("non-canonical address: no SIGSEGV");
    return 0;
}

static int check_timer(void)
{
    struct itimerval every = { { 0, 20000 }, { 0, 20000 } }, never = { { 0, 0 }, { 0, 0 } };
    time_t limit = time(NULL) + 60;
    volatile double x = 0;

    setitimer(ITIMER_REAL, &every, NULL);
    while (alarms < 20 && time(NULL) < limit)
        x += 1;
    setitimer(ITIMER_REAL, &never, NULL);
    return alarms >= 20 ? 0 : FAIL("%d alarms instead of 20", (int)alarms);
}

int check_signals(void)
{
    static char stack[65536];
    stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    static const int numbers[] = { SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS };

    if (sigaltstack(&alternate, NULL) != 0)
        return FAIL("sigaltstack failed");
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
        sigaction(numbers[n], &fault, NULL);
    signal(SIGALRM, on_alarm);
    return check_exceptions() || check_timer();
}
