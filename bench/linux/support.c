/* What more than one group of rows needs: children, memory, files, the network. */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

uint64_t mix(uint64_t check, uint64_t value)
{
    if (check == 0)
        check = 0xcbf29ce484222325u;
    for (int i = 0; i < 64; i += 8)
        check = (check ^ (value >> i & 255)) * 0x100000001b3u;
    return check;
}

uint64_t mix_file(uint64_t check, const char *path)
{
    static unsigned char block[65536];
    int file = open(path, O_RDONLY);
    ssize_t length;
    must(file >= 0, path);
    while ((length = read(file, block, sizeof block)) > 0)
        for (ssize_t i = 0; i < length; i++)
            check = (check ^ block[i]) * 0x100000001b3u;
    must(length == 0, path);
    close(file);
    return mix(check, 0);
}

pid_t launch(char *const arguments[], const char *output, uid_t user)
{
    static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=GMT", NULL };
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child != 0)
        return child;
    int file = open(output != NULL ? output : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int errors = open(ERRORS, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0 && (user == 0 || (setgid(user) == 0 && setuid(user) == 0)))
        execve(arguments[0], arguments, environment);
    _exit(127);
}

void finish(pid_t child, const char *what)
{
    int status;
    must(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0, what);
}

void perform(char *const arguments[], const char *output)
{
    finish(launch(arguments, output, 0), arguments[0]);
}

char *pages(size_t count)
{
    char *memory = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED, "mmap");
    madvise(memory, count * PAGE, MADV_NOHUGEPAGE);
    return memory;
}

void touch(char *memory, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ((volatile char *)memory)[i * PAGE] = 1;
}

int nameless_file(size_t bytes)
{
    static char block[65536];
    int file = open("/tmp", O_RDWR | O_TMPFILE, 0600);
    must(file >= 0, "file in /tmp");
    memset(block, 0x5a, sizeof block);
    for (size_t written = 0; written < bytes; written += sizeof block)
        must(write(file, block, sizeof block) == sizeof block, "write to /tmp");
    return file;
}

pid_t echo(int from, int to)
{
    char byte;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child != 0)
        return child;
    while (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1)
        ;
    _exit(0);
}

uint64_t bounce(int from, int to, unsigned count)
{
    uint64_t check = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned char byte = (unsigned char)i, back = 0;
        must(write(to, &byte, 1) == 1 && read(from, &back, 1) == 1, "a byte there and back");
        check += back;
    }
    return check;
}

void end(pid_t child)
{
    kill(child, SIGKILL);
    must(waitpid(child, NULL, 0) == child, "waitpid");
}

void loopback_up(void)
{
    struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    must(any >= 0 && ioctl(any, SIOCSIFFLAGS, &request) == 0, "the loopback device");
    close(any);
}
