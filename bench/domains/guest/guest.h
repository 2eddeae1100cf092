/* The parts of the guest of the experiments with many domains. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The word NAME=NUMBER of the kernel's command line, which the kernel gives its first process as its environment, or `otherwise`. */
static inline uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

/* The machine's own clock: under -icount the counter counts nanoseconds since the machine was switched on, the same in all domains. */
static inline uint64_t now(void)
{
    return __builtin_ia32_rdtsc();
}

/* Sleeps until the machine's clock has come so far. */
void sleep_until(uint64_t time);

/* Something has gone wrong: says so; nobody then counts what this guest did. */
_Noreturn void fail(const char *what);

/* One unit of the mix; gives its sum, which is always the same. */
uint64_t unit(void);

/* Works in those windows that are this copy's and tells what it did. */
void work(unsigned copy);

/* The bad neighbours; only the bomb returns, and burns on. */
void bomb(void);
void hog(void);
