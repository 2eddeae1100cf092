/*
 * The first process of the machine on which User Mode Linux is measured. It mounts what that kernel wants of its host, runs it as a process with the
 * programs' initramfs and the words of our command line that are for them, and resets the machine when it has ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KERNEL "/usr/bin/linux.uml"
#define WORDS 32

/* Every write to the console is out of the serial port when it returns, but for what the port itself holds. */
static void reset(void)
{
    fflush(stdout);
    usleep(20000);
    reboot(RB_AUTOBOOT);
    _exit(1);
}

static void must(int holds, const char *what)
{
    if (holds)
        return;
    printf("FAIL the host of User Mode Linux: %s: %m\n", what);
    reset();
}

static void attach(const char *type, const char *place, const char *options)
{
    mkdir(place, 0755);
    must(mount(type, place, type, 0, options) == 0, place);
}

/* Its memory is a file in /dev/shm, which is mapped to be executed too. */
static void prepare(void)
{
    attach("devtmpfs", "/dev", NULL);
    int console = open("/dev/console", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(console, i);
    if (console > 2)
        close(console);
    attach("proc", "/proc", NULL);
    attach("sysfs", "/sys", NULL);
    attach("devpts", "/dev/pts", NULL);
    attach("tmpfs", "/dev/shm", "mode=1777,size=100%");
    attach("tmpfs", "/tmp", "mode=1777");
}

/* Words bench.… and uml.…, the latter without their prefix; a reset of this kernel starts argv[0] again, so that there is none. */
static void become(void)
{
    static char line[4096], *words[WORDS] = {
        "none", "initrd=/srv/initramfs", "rdinit=/init", "con=null", "con0=fd:0,fd:1", "ssl=null", "quiet",
    };
    char *word, *rest = line;
    int count = 7, file = open("/proc/cmdline", O_RDONLY);
    must(file >= 0 && read(file, line, sizeof line - 1) > 0, "/proc/cmdline");
    while ((word = strsep(&rest, " \n")) != NULL && count < WORDS - 1) {
        if (strncmp(word, "bench.", 6) == 0)
            words[count++] = word;
        else if (strncmp(word, "uml.", 4) == 0)
            words[count++] = word + 4;
    }
    execve(KERNEL, words, (char *[]){ "HOME=/tmp", "PATH=/usr/bin", NULL });
    must(0, KERNEL);
}

int main(void)
{
    prepare();
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0)
        become();
    int status = 0;
    must(waitpid(child, &status, 0) == child, "waitpid");
    printf("User Mode Linux ended with status %x\n", (unsigned)status);
    reset();
}
