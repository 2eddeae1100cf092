/*
 * The only process that a stock Linux guest starts in the experiments with many domains, what it does being words of the kernel's command line:
 *   role=work      works in windows as copy `copy`; with groups=N it is N copies in one system (native Linux)
 *   role=arrive    says when it was started; with again=MS it reboots after that time of the machine, once, which is another creation
 *   role=bomb      forks without end; role=hog writes memory and a file without end
 * In Xen's initial domain the same program, with the word `stamp`, says what time it is.
 */
#include "guest.h"

#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void sleep_until(uint64_t time)
{
    for (uint64_t at = now(); at < time; at = now()) {
        struct timespec rest = { (time_t)((time - at) / 1000000000), (long)((time - at) % 1000000000) };

        nanosleep(&rest, NULL);
    }
}

void fail(const char *what)
{
    printf("FAIL %s\n", what);
    for (;;)
        pause();
}

static void work_in_groups(unsigned groups)
{
    for (unsigned copy = 1; copy <= groups; copy++)
        if (fork() == 0) {
            work(copy);
            exit(0);
        }
    while (wait(NULL) > 0)
        ;
    printf("PASS bench\n");
    reboot(RB_AUTOBOOT);
}

/* Whoever comes after `again` has been created before. */
static void arrive(void)
{
    uint64_t began = now(), again = number("again", 0) * 1000000;

    printf("USERLAND at %llu\n", (unsigned long long)began);
    if (began > again)
        return;
    sleep_until(again);
    reboot(RB_AUTOBOOT);
}

int main(int count, char **words)
{
    const char *role = getenv("role");

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count > 1 && strcmp(words[1], "stamp") == 0)
        return printf("%llu\n", (unsigned long long)now()) < 0;
    if (role == NULL)
        fail("no role");
    if (strcmp(role, "arrive") == 0)
        arrive();
    else if (strcmp(role, "bomb") == 0)
        bomb();
    else if (strcmp(role, "hog") == 0)
        hog();
    else if (getenv("groups") != NULL)
        work_in_groups((unsigned)number("groups", 1));
    else
        work((unsigned)number("copy", 1));
    for (;;)
        pause();
}
