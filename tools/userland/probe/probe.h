/* The checks of a guest's user space that a shell cannot make. Each returns 0 when all is well and prints the reason when not. */
#ifndef PROBE_H
#define PROBE_H

#include <stdio.h>

int check_threads(void);
int check_forks(int count);
int check_signals(void);
int check_memory(void);
int check_clock(int seconds);

/* Reports why a check failed and gives the value to return. */
#define FAIL(...) (printf("probe: " __VA_ARGS__), printf("\n"), 1)

#endif
