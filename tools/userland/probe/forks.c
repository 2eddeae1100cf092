/* Many short-lived children: page tables are built, pinned, copied on write and torn down each time. */
#include "probe.h"

#include <sys/wait.h>
#include <unistd.h>

static volatile int shared_before_write;

static int child(int number)
{
    shared_before_write = number;
    return shared_before_write & 0x7f;
}

int check_forks(int count)
{
    for (int n = 1; n <= count; n++) {
        pid_t pid = fork();
        int status = -1;

        if (pid < 0)
            return FAIL("fork %d of %d failed", n, count);
        if (pid == 0)
            _exit(child(n));
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
            return FAIL("child %d did not exit by itself (status %#x)", n, status);
        if (WEXITSTATUS(status) != (n & 0x7f))
            return FAIL("child %d returned %d", n, WEXITSTATUS(status));
        if (shared_before_write != 0)
            return FAIL("child %d wrote its parent's memory", n);
    }
    printf("%d forks\n", count);
    return 0;
}
