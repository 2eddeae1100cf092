/*
 * The first process of the guest. It mounts what programs expect and performs the rows that the kernel's command line names, each in a process of
 * its own, so that a row finds the same whichever came before it. Then it resets the machine.
 *     bench.rows=KEY,TOPIC,...    these and no others
 *     bench.repetitions=N         marked repetitions of each, after one that is not
 */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void MarkStart(int row);
void MarkStop(int log2_of_operations);

struct name {
    int number;
    const char *topic, *key;
};

/* The lines of bench/rows that are Linux's; the builder makes them. */
static const struct name names[] = {
#include "names.inc"
};

static struct {
    const struct row *row;
    int number;
    bool marked;
    struct timespec begun, ended;
} current;

void start(void)
{
    clock_gettime(CLOCK_MONOTONIC, &current.begun);
    if (current.marked)
        MarkStart(current.number);
}

void stop(void)
{
    if (current.marked)
        MarkStop(current.row->log2);
    clock_gettime(CLOCK_MONOTONIC, &current.ended);
}

/* Console output is complete before the machine is gone. */
static void reset(void)
{
    fflush(stdout);
    sync();
    usleep(20000);
    reboot(RB_AUTOBOOT);
    _exit(1);
}

static void show_errors(void)
{
    char text[2048];
    int file = open(ERRORS, O_RDONLY);
    lseek(file, -(off_t)sizeof text, SEEK_END);
    ssize_t length = read(file, text, sizeof text);
    if (length > 0)
        fwrite(text, 1, (size_t)length, stdout);
}

void must(bool holds, const char *what)
{
    if (holds)
        return;
    printf("FAIL %s: %s: %m\n", current.row != NULL ? current.row->key : "start", what);
    show_errors();
    reset();
}

static uint64_t elapsed(void)
{
    return (uint64_t)(current.ended.tv_sec - current.begun.tv_sec) * 1000000000u + (uint64_t)current.ended.tv_nsec - (uint64_t)current.begun.tv_nsec;
}

static void repeat(int repetitions)
{
    const struct row *row = current.row;
    unsigned operations = 1u << row->log2;
    row->run(operations);
    current.marked = true;
    for (int i = 0; i < repetitions; i++) {
        uint64_t check = row->run(operations);
        printf("BENCH key=%s operations=%u nanoseconds=%llu check=%016llx\n", row->key, operations, (unsigned long long)elapsed(),
               (unsigned long long)check);
        fflush(stdout);
    }
}

static void run(const struct row *row, int number, int repetitions)
{
    current.row = row;
    current.number = number;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        repeat(repetitions);
        exit(0);
    }
    int status;
    must(waitpid(child, &status, 0) == child, "waitpid");
    if (status != 0)
        printf("the process of %s ended with status %x\n", row->key, (unsigned)status);
    must(status == 0, "the row's process");
}

static const struct name *name_of(const struct row *row)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].key, row->key) == 0)
            return &names[i];
    must(false, row->key);
    return NULL;
}

/* The value of a word of the command line, or NULL. */
static const char *option(const char *name)
{
    static char line[4096];
    char *word, *rest = line;
    int file = open("/proc/cmdline", O_RDONLY);
    must(file >= 0, "/proc/cmdline");
    ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    line[length > 0 ? length : 0] = '\0';
    while ((word = strsep(&rest, " \n")) != NULL)
        if (strncmp(word, name, strlen(name)) == 0)
            return word + strlen(name);
    return NULL;
}

static bool is_in(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ',') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

static void run_chosen(const char *chosen, int repetitions)
{
    for (size_t table = 0; tables[table] != NULL; table++)
        for (const struct row *row = tables[table]; row->key != NULL; row++) {
            const struct name *name = name_of(row);
            if (chosen == NULL || is_in(chosen, name->key) || is_in(chosen, name->topic))
                run(row, name->number, repetitions);
        }
}

/* What a Debian system has mounted; the console first, so that trouble is heard. */
static void prepare(void)
{
    must(mount("dev", "/dev", "devtmpfs", 0, NULL) == 0, "/dev");
    int console = open("/dev/console", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(console, i);
    if (console > 2)
        close(console);
    mkdir("/dev/shm", 01777);
    must(mount("proc", "/proc", "proc", 0, NULL) == 0, "/proc");
    must(mount("sys", "/sys", "sysfs", 0, NULL) == 0, "/sys");
    must(mount("shm", "/dev/shm", "tmpfs", 0, NULL) == 0, "/dev/shm");
    must(mount("tmp", "/tmp", "tmpfs", 0, "mode=1777") == 0, "/tmp");
}

int main(void)
{
    prepare();
    const char *given = option("bench.repetitions=");
    int repetitions = given != NULL ? atoi(given) : 3;
    given = option("bench.rows=");
    char *chosen = given != NULL ? strdup(given) : NULL;
    sleep(1); /* for what a hypervisor puts off until nobody works: Xen then clears free memory */
    run_chosen(chosen, repetitions);
    puts("PASS bench");
    reset();
}
