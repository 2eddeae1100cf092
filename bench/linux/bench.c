/*
 * The application of `./run bench`: first process of a Linux guest, nothing beside it. Each row performs its operation a power of two times between
 * two marks (bench/marks.S), once unmarked to warm up and then REPETITIONS times. At the end it resets the machine, which ends QEMU.
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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REPETITIONS 3
#define PAGE 4096

void MarkStart(int row);
void MarkStop(int log2_of_operations);

struct row {
    int number, log2;
    void (*run)(const struct row *row, bool marked);
};

static void start(const struct row *row, bool marked)
{
    if (marked)
        MarkStart(row->number);
}

static void stop(const struct row *row, bool marked)
{
    if (marked)
        MarkStop(row->log2);
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
    { 32, 12, null_syscall }, { 33, 5, fork_exit }, { 34, 5, fork_exec }, { 35, 9, fresh_pages }, { 36, 9, copied_pages }, { 37, 9, pipe_both_ways },
    { 39, 8, map_and_unmap }, { 40, 10, protect }, { 41, 10, signals },
};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "leave") == 0)
        return 0;
    if (mount("dev", "/dev", "devtmpfs", 0, NULL) == 0)
        dup2(open("/dev/console", O_RDWR), STDOUT_FILENO);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int repetition = 0; repetition <= REPETITIONS; repetition++)
            rows[i].run(&rows[i], repetition > 0);
    puts("PASS bench");
    fflush(stdout);
    reboot(RB_AUTOBOOT);
    return 1;
}
