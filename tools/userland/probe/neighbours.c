/* Good and bad neighbours: a worker whose work is counted in a window of the machine's time, a fork bomb, one who fills memory and disk. */
#include "probe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (1 << 20)

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_BOOTTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One unit: some arithmetic, some system calls, memory touched for the first time, and a child. */
static unsigned unit(unsigned seed)
{
    char *memory;
    pid_t child;
    int end;

    for (int n = 0; n < 200000; n++)
        seed = seed * 1664525 + 1013904223;
    for (int n = 0; n < 200; n++)
        seed += (unsigned)getppid();
    memory = malloc(64 * 4096);
    for (int page = 0; page < 64; page++)
        memory[page * 4096] = (char)seed;
    child = fork();
    if (child == 0)
        _exit((int)(seed & 63));
    if (child < 0 || waitpid(child, &end, 0) != child || WEXITSTATUS(end) != (int)(seed & 63)) {
        printf("probe: a child was lost\n");
        exit(1);
    }
    free(memory);
    return seed;
}

/* Counts the units done from `start` to `end` seconds after the guest's own boot; both windows of a comparison are taken at the same times. */
int neighbour_work(int start, int end)
{
    unsigned seed = 1, units = 0;

    while (now() < start)
        seed = unit(seed);
    while (now() < end) {
        seed = unit(seed);
        units++;
    }
    printf("WORK %u units from %d s to %d s\n", units, start, end);
    return 0;
}

/* Every process forks as long as it may, and burns what it gets. */
int neighbour_bomb(void)
{
    struct rlimit most = { 400, 400 };

    if (setrlimit(RLIMIT_NPROC, &most) != 0 || setuid(1000) != 0)
        return FAIL("cannot become somebody else");
    printf("BOMB\n");
    fflush(stdout);
    for (;;)
        if (fork() > 0)
            waitpid(-1, NULL, WNOHANG);
}

/* Writes all of memory and a file without end. */
int neighbour_hog(void)
{
    static char chunk[CHUNK];
    int file = open("/tmp/hog", O_RDWR | O_CREAT | O_TRUNC, 0600);

    if (file < 0)
        return FAIL("no file");
    printf("HOG\n");
    fflush(stdout);
    for (unsigned turn = 0;; turn++) {
        memset(chunk, (int)turn, CHUNK);
        if (turn % 48 == 0)
            lseek(file, 0, SEEK_SET);
        if (write(file, chunk, CHUNK) != CHUNK)
            lseek(file, 0, SEEK_SET);
    }
}
