/* System calls of one process: the cheapest one, input and output of a byte, names of files, waiting for nothing. */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static uint64_t null_call(unsigned operations)
{
    long parent = syscall(SYS_getppid);
    uint64_t same = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        same += syscall(SYS_getppid) == parent;
    stop();
    return same;
}

static int opened(const char *path, int mode)
{
    int file = open(path, mode);
    must(file >= 0, path);
    return file;
}

static uint64_t null_read(unsigned operations)
{
    int file = opened("/dev/zero", O_RDONLY);
    uint64_t bytes = 0;
    char byte;
    start();
    for (unsigned i = 0; i < operations; i++)
        bytes += read(file, &byte, 1);
    stop();
    close(file);
    return bytes;
}

static uint64_t null_write(unsigned operations)
{
    int file = opened("/dev/null", O_WRONLY);
    uint64_t bytes = 0;
    char byte = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        bytes += write(file, &byte, 1);
    stop();
    close(file);
    return bytes;
}

/* The number of the device is the same everywhere: 1:3. */
static uint64_t device_of(const struct stat *status)
{
    return mix(major(status->st_rdev), minor(status->st_rdev));
}

static uint64_t stat_path(unsigned operations)
{
    struct stat status;
    start();
    for (unsigned i = 0; i < operations; i++)
        must(stat("/dev/null", &status) == 0, "stat");
    stop();
    return device_of(&status);
}

static uint64_t stat_file(unsigned operations)
{
    int file = opened("/dev/null", O_RDONLY);
    struct stat status;
    start();
    for (unsigned i = 0; i < operations; i++)
        must(fstat(file, &status) == 0, "fstat");
    stop();
    close(file);
    return device_of(&status);
}

static uint64_t open_close(unsigned operations)
{
    uint64_t files = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        files += close(opened("/dev/null", O_RDONLY)) == 0;
    stop();
    return files;
}

/* A hundred descriptors of an empty pipe: none of them is ready. */
static uint64_t select_100(unsigned operations)
{
    int ends[2], copies[100], last = 0;
    uint64_t none = 0;
    fd_set watched;
    FD_ZERO(&watched);
    must(pipe(ends) == 0, "pipe");
    for (int i = 0; i < 100; i++) {
        copies[i] = last = dup(ends[0]);
        must(last >= 0, "dup");
        FD_SET(last, &watched);
    }
    start();
    for (unsigned i = 0; i < operations; i++) {
        fd_set ready = watched;
        struct timeval at_once = { 0, 0 };
        none += select(last + 1, &ready, NULL, NULL, &at_once) == 0;
    }
    stop();
    for (int i = 0; i < 100; i++)
        close(copies[i]);
    close(ends[0]);
    close(ends[1]);
    return none;
}

static uint64_t yield(unsigned operations)
{
    uint64_t done = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        done += sched_yield() == 0;
    stop();
    return done;
}

static uint64_t sleep_millisecond(unsigned operations)
{
    const struct timespec millisecond = { 0, 1000000 };
    uint64_t slept = 0;
    start();
    for (unsigned i = 0; i < operations; i++)
        slept += nanosleep(&millisecond, NULL) == 0;
    stop();
    return slept;
}

const struct row calls[] = {
    { "null-syscall", 13, null_call },
    { "null-read", 12, null_read },
    { "null-write", 12, null_write },
    { "stat", 11, stat_path },
    { "fstat", 12, stat_file },
    { "open-close", 12, open_close },
    { "select-100", 9, select_100 },
    { "sched-yield", 12, yield },
    { "nanosleep-1ms", 6, sleep_millisecond },
    { NULL, 0, NULL },
};
