/* Clocks never step back, sleeps last as long as they say, and the wall clock is printed for others to compare. */
#include "probe.h"

#include <time.h>

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_wall_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    printf("CLOCK %lld.%09ld\n", (long long)t.tv_sec, t.tv_nsec);
    fflush(stdout);
}

static int never_steps_back(clockid_t clock, const char *name)
{
    double before = now(clock);

    for (int n = 0; n < 20000; n++) {
        double after = now(clock);

        if (after < before)
            return FAIL("%s stepped back by %.9f s", name, before - after);
        before = after;
    }
    return 0;
}

int check_clock(int seconds)
{
    double start = now(CLOCK_MONOTONIC);

    print_wall_clock();
    if (never_steps_back(CLOCK_MONOTONIC, "the monotonic clock") || never_steps_back(CLOCK_REALTIME, "the wall clock"))
        return 1;
    for (int n = 0; n < seconds; n++) {
        struct timespec second = { 1, 0 };
        double before = now(CLOCK_MONOTONIC), slept;

        nanosleep(&second, NULL);
        slept = now(CLOCK_MONOTONIC) - before;
        if (slept < 1.0)
            return FAIL("a sleep of one second lasted %.3f s", slept);
    }
    print_wall_clock();
    printf("%d sleeps of one second took %.3f s\n", seconds, now(CLOCK_MONOTONIC) - start);
    return 0;
}
