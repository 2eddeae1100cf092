/*
 * The application of `./run bench`: first process of a Linux guest, nothing beside it. Each row performs its operation a power of two times between
 * two marks (bench/marks.S), once unmarked to warm up and then some times over, and prints a line for each (bench/README.md). The kernel's command
 * line says which rows and how often: bench.rows=KEY,KEY and bench.repetitions=N. At the end it resets the machine, which ends QEMU.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

void MarkStart(int row);
void MarkStop(int log2_of_operations);

struct row {
    const char *key;
    int number, log2;
    void (*run)(const struct row *row, bool marked);
};

static struct timespec began;

static void start(const struct row *row, bool marked)
{
    clock_gettime(CLOCK_MONOTONIC, &began);
    if (marked)
        MarkStart(row->number);
}

static void stop(const struct row *row, bool marked)
{
    struct timespec ended;
    if (!marked)
        return;
    MarkStop(row->log2);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    long elapsed = (ended.tv_sec - began.tv_sec) * 1000000000 + ended.tv_nsec - began.tv_nsec;
    printf("BENCH key=%s operations=%d nanoseconds=%ld check=%016x\n", row->key, 1 << row->log2, elapsed, 0);
    fflush(stdout);
}

static void must(bool holds, const char *what)
{
    if (!holds) {
        perror(what);
        reboot(RB_AUTOBOOT);
    }
}

static void null_syscall(const struct row *row, bool marked)
{
    start(row, marked);
    for (int i = 0; i < 1 << row->log2; i++)
        syscall(SYS_getppid);
    stop(row, marked);
}

static void spawn(const struct row *row, bool marked, bool replace)
{
    start(row, marked);
    for (int i = 0; i < 1 << row->log2; i++) {
        pid_t child = fork();
        must(child >= 0, "fork");
        if (child == 0) {
            if (replace)
                execl("/init", "/init", "leave", NULL);
            _exit(0);
        }
        must(waitpid(child, NULL, 0) == child, "waitpid");
    }
    stop(row, marked);
}

static void fork_exit(const struct row *row, bool marked)
{
    spawn(row, marked, false);
}

static void fork_exec(const struct row *row, bool marked)
{
    spawn(row, marked, true);
}

static char *pages(int log2)
{
    char *memory = mmap(NULL, (size_t)PAGE << log2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED, "mmap");
    madvise(memory, (size_t)PAGE << log2, MADV_NOHUGEPAGE);
    return memory;
}

static void touch(char *memory, int log2)
{
    for (int i = 0; i < 1 << log2; i++)
        ((volatile char *)memory)[(size_t)i * PAGE] = 1;
}

static void fresh_pages(const struct row *row, bool marked)
{
    char *memory = pages(row->log2);
    start(row, marked);
    touch(memory, row->log2);
    stop(row, marked);
    munmap(memory, (size_t)PAGE << row->log2);
}

/* The child only keeps the frames shared until its parent has copied them all. */
static void copied_pages(const struct row *row, bool marked)
{
    char *memory = pages(row->log2);
    int status;
    touch(memory, row->log2);
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0)
        for (;;)
            pause();
    start(row, marked);
    touch(memory, row->log2);
    stop(row, marked);
    kill(child, SIGKILL);
    must(waitpid(child, &status, 0) == child, "waitpid");
    munmap(memory, (size_t)PAGE << row->log2);
}

static void pipe_both_ways(const struct row *row, bool marked)
{
    int there[2], back[2];
    char byte = 0;
    must(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0)
        while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
            ;
    start(row, marked);
    for (int i = 0; i < 1 << row->log2; i++)
        must(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1, "pipe");
    stop(row, marked);
    kill(child, SIGKILL);
    must(waitpid(child, NULL, 0) == child, "waitpid");
    for (int i = 0; i < 2; i++) {
        close(there[i]);
        close(back[i]);
    }
}

static void map_and_unmap(const struct row *row, bool marked)
{
    start(row, marked);
    for (int i = 0; i < 1 << row->log2; i++) {
        char *memory = pages(4);
        touch(memory, 4);
        munmap(memory, PAGE << 4);
    }
    stop(row, marked);
}

static void protect(const struct row *row, bool marked)
{
    char *memory = pages(0);
    touch(memory, 0);
    start(row, marked);
    for (int i = 0; i < 1 << row->log2; i++)
        must(mprotect(memory, PAGE, PROT_READ) == 0 && mprotect(memory, PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
    stop(row, marked);
    munmap(memory, PAGE);
}

static void ignore(int number)
{
    (void)number;
}

static void signals(const struct row *row, bool marked)
{
    signal(SIGUSR1, ignore);
    start(row, marked);
    for (int i = 0; i < 1 << row->log2; i++)
        kill(getpid(), SIGUSR1);
    stop(row, marked);
}

static const struct row rows[] = {
    { "null-syscall", 64, 12, null_syscall },
    { "fork-exit", 65, 5, fork_exit },
    { "fork-exec", 66, 5, fork_exec },
    { "page-fault-fresh", 67, 9, fresh_pages },
    { "page-fault-copy", 68, 9, copied_pages },
    { "pipe-latency", 69, 9, pipe_both_ways },
    { "mmap-touch", 71, 8, map_and_unmap },
    { "protect-page", 72, 10, protect },
    { "signal-caught", 73, 10, signals },
};

static char command_line[4096];

static void read_command_line(void)
{
    mkdir("/proc", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    FILE *file = fopen("/proc/cmdline", "r");
    must(file != NULL && fgets(command_line, sizeof command_line, file) != NULL, "/proc/cmdline");
    fclose(file);
}

/* The value of NAME= on the command line, up to the next blank, or nothing. */
static const char *word(const char *name)
{
    const char *found = strstr(command_line, name);
    return found == NULL ? NULL : found + strlen(name);
}

static bool wanted(const char *key)
{
    const char *at = word("bench.rows=");
    size_t length = strlen(key);
    while (at != NULL) {
        if (strncmp(at, key, length) == 0 && strchr(", \n", at[length]) != NULL)
            return true;
        at += strcspn(at, ", \n");
        if (*at++ != ',')
            return false;
    }
    return true;
}

static int repetitions(void)
{
    const char *value = word("bench.repetitions=");
    return value == NULL ? 3 : atoi(value);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "leave") == 0)
        return 0;
    if (mount("dev", "/dev", "devtmpfs", 0, NULL) == 0)
        dup2(open("/dev/console", O_RDWR), STDOUT_FILENO);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    read_command_line();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int repetition = 0; wanted(rows[i].key) && repetition <= repetitions(); repetition++)
            rows[i].run(&rows[i], repetition > 0);
    puts("PASS bench");
    fflush(stdout);
    reboot(RB_AUTOBOOT);
    return 1;
}
