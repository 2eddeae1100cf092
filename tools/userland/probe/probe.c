/* probe NAME [NUMBER]: one program, so that the initramfs carries the C library once. */
#include "probe.h"

#include <stdlib.h>
#include <string.h>

int main(int count, char **words)
{
    const char *name = count > 1 ? words[1] : "";
    int number = count > 2 ? atoi(words[2]) : 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(name, "threads") == 0)
        return check_threads();
    if (strcmp(name, "forks") == 0)
        return check_forks(number > 0 ? number : 500);
    if (strcmp(name, "signals") == 0)
        return check_signals();
    if (strcmp(name, "memory") == 0)
        return check_memory();
    if (strcmp(name, "clock") == 0)
        return check_clock(count > 2 ? number : 5);
    fprintf(stderr, "usage: probe threads|forks [N]|signals|memory|clock [SECONDS]\n");
    return 2;
}
