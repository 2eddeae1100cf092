/*
 * Threads that keep values in every kind of floating-point register while others run between them. A register that is
 * lost or mixed on a switch (between threads, or between domains) changes a sum, and the sums are known.
 */
#include "probe.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

enum { THREADS = 6, ROUNDS = 300, TERMS = 2000 };

struct worker {
    pthread_t thread;
    int number;
    double expected;
    const char *failure;
};

/* The terms are added in a fixed order, so the same number gives the same bits each time. */
static double series(int number)
{
    double sum = 0;

    for (int i = 1; i <= TERMS; i++)
        sum += 1.0 / ((double)i * i + number);
    return sum;
}

static long double series_x87(int number, int yield)
{
    long double sum = 0;

    for (int i = 1; i <= TERMS; i++) {
        sum += 1.0L / (i + number);
        if (yield && i % 500 == 0)
            sched_yield();
    }
    return sum;
}

/* Sixteen registers filled with the thread's own pattern, a long wait without touching memory, then read back. */
static int sse_registers_kept(uint64_t pattern)
{
    uint64_t out[16];

    memset(out, 0, sizeof out);
    __asm__ volatile(
        "movq %[p], %%xmm0\n\t movq %[p], %%xmm3\n\t movq %[p], %%xmm7\n\t movq %[p], %%xmm8\n\t movq %[p], %%xmm15\n\t"
        "mov $20000, %%ecx\n"
        "1: dec %%ecx\n\t jnz 1b\n\t"
        "mov $24, %%eax\n\t syscall\n\t"
        "movq %%xmm0, 0(%[o])\n\t movq %%xmm3, 8(%[o])\n\t movq %%xmm7, 16(%[o])\n\t"
        "movq %%xmm8, 24(%[o])\n\t movq %%xmm15, 32(%[o])\n\t"
        : : [p] "r"(pattern), [o] "b"(out)
        : "rax", "rcx", "r11", "memory", "xmm0", "xmm3", "xmm7", "xmm8", "xmm15");
    for (int i = 0; i < 5; i++)
        if (out[i] != pattern)
            return 0;
    return 1;
}

/* The upper halves live in another part of the saved state than the lower. */
__attribute__((target("avx"))) static int avx_registers_kept(uint64_t pattern)
{
    uint64_t in[4] = { pattern, ~pattern, pattern * 3, pattern + 7 }, out[4] = { 0 };

    __asm__ volatile(
        "vmovdqu (%[i]), %%ymm5\n\t vmovdqa %%ymm5, %%ymm13\n\t"
        "mov $20000, %%ecx\n"
        "1: dec %%ecx\n\t jnz 1b\n\t"
        "mov $24, %%eax\n\t syscall\n\t"
        "vpxor %%xmm5, %%xmm5, %%xmm5\n\t vmovdqu %%ymm13, (%[o])\n\t vzeroupper\n\t"
        : : [i] "r"(in), [o] "b"(out) : "rax", "rcx", "r11", "memory", "xmm5", "xmm13");
    return memcmp(in, out, sizeof in) == 0;
}

static void *work(void *argument)
{
    struct worker *self = argument;
    long double expected = series_x87(self->number, 0);

    for (int round = 0; round < ROUNDS && !self->failure; round++) {
        uint64_t pattern = 0x0101010101010101ull * (unsigned)(self->number + 1) + (unsigned)round;

        if (series(self->number) != self->expected)
            self->failure = "a sum in double changed";
        if (series_x87(self->number, 1) != expected)
            self->failure = "a sum in long double changed";
        if (!sse_registers_kept(pattern))
            self->failure = "an SSE register changed";
        if (__builtin_cpu_supports("avx") && !avx_registers_kept(pattern))
            self->failure = "an AVX register changed";
    }
    return NULL;
}

int check_threads(void)
{
    struct worker workers[THREADS];

    for (int n = 0; n < THREADS; n++) {
        workers[n] = (struct worker){ .number = n, .expected = series(n) };
        if (pthread_create(&workers[n].thread, NULL, work, &workers[n]) != 0)
            return FAIL("thread %d did not start", n);
    }
    for (int n = 0; n < THREADS; n++)
        pthread_join(workers[n].thread, NULL);
    for (int n = 0; n < THREADS; n++)
        if (workers[n].failure)
            return FAIL("thread %d: %s", n, workers[n].failure);
    printf("%d threads, sum of the first %.12f%s\n", THREADS, workers[0].expected, __builtin_cpu_supports("avx") ? ", with AVX" : "");
    return 0;
}
