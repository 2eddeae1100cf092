/* Processes and threads: made and ended, with another program, and through the shell. */
#define _GNU_SOURCE
#include "bench.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The children end with this, so that it is seen that they were there. */
#define LEAVING 7

static char *const nothing[] = { NULL };

static uint64_t status_of(pid_t child)
{
    int status;
    must(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == LEAVING, "a child did not do its work");
    return 1;
}

/* /bin/leave is a static program of ours that does nothing else (leave.c). */
static void leave(void)
{
    _exit(LEAVING);
}

static void replace(void)
{
    char *const arguments[] = { "leave", NULL };
    execve("/bin/leave", arguments, nothing);
    _exit(127);
}

static void ask_shell(void)
{
    char *const arguments[] = { "sh", "-c", "/bin/leave", NULL };
    execve("/bin/sh", arguments, nothing);
    _exit(127);
}

static uint64_t spawn(unsigned operations, void (*live)(void))
{
    uint64_t children = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        pid_t child = fork();
        if (child == 0)
            live();
        must(child > 0, "fork");
        children += status_of(child);
    }
    stop();
    return children;
}

static uint64_t fork_exit(unsigned operations)
{
    return spawn(operations, leave);
}

static uint64_t fork_exec(unsigned operations)
{
    return spawn(operations, replace);
}

static uint64_t fork_shell(unsigned operations)
{
    return spawn(operations, ask_shell);
}

static int thread(void *argument)
{
    ++*(volatile uint64_t *)argument;
    syscall(SYS_exit, LEAVING);
    return 0;
}

/* Without the C library's part of a thread: what the kernel does for one. */
static uint64_t clone_thread(unsigned operations)
{
    static char stack[16384] __attribute__((aligned(16)));
    uint64_t counted = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        pid_t child = clone(thread, stack + sizeof stack, CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, &counted);
        must(child > 0, "clone");
        status_of(child);
    }
    stop();
    return counted;
}

const struct row processes[] = {
    { "fork-exit", 7, fork_exit },
    { "fork-exec", 6, fork_exec },
    { "fork-shell", 5, fork_shell },
    { "clone-thread", 9, clone_thread },
    { NULL, 0, NULL },
};
