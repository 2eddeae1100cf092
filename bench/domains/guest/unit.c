/* The mix: some arithmetic, system calls, memory touched for the first time, a file written and read, a pipe, a child. */
#include "guest.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGES 16
#define PAGE 4096
#define BLOCK 4096

static uint64_t step(uint64_t number)
{
    number ^= number << 13;
    number ^= number >> 7;
    return number ^ number << 17;
}

static uint64_t arithmetic(uint64_t number)
{
    for (int n = 0; n < 40000; n++)
        number = step(number);
    return number;
}

static uint64_t calls(uint64_t number)
{
    for (int n = 0; n < 50; n++)
        number += (uint64_t)(getppid() < 0);
    return number;
}

static uint64_t memory(uint64_t number)
{
    volatile uint64_t *pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        fail("no memory");
    for (int page = 0; page < PAGES; page++) {
        pages[page * PAGE / 8] = number;
        number = step(number + pages[page * PAGE / 8 + 1]);
    }
    munmap((void *)pages, PAGES * PAGE);
    return number;
}

static uint64_t file(uint64_t number)
{
    static uint64_t written[BLOCK / 8], read_back[BLOCK / 8];
    char name[32];
    int handle;

    snprintf(name, sizeof name, "/file%d", getpid());
    handle = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int n = 0; n < BLOCK / 8; n++)
        written[n] = number = step(number);
    if (handle < 0 || write(handle, written, BLOCK) != BLOCK || pread(handle, read_back, BLOCK, 0) != BLOCK)
        fail("a file cannot be used");
    close(handle);
    unlink(name);
    return step(read_back[BLOCK / 8 - 1]);
}

/* A child works a little on what comes by one pipe and sends it back by another. */
static uint64_t child(uint64_t number)
{
    int there[2], back[2], end;
    pid_t process;

    if (pipe(there) != 0 || pipe(back) != 0)
        fail("no pipe");
    process = fork();
    if (process == 0) {
        if (read(there[0], &number, sizeof number) != sizeof number)
            _exit(1);
        number = step(number);
        _exit(write(back[1], &number, sizeof number) != sizeof number);
    }
    if (process < 0 || write(there[1], &number, sizeof number) != sizeof number || read(back[0], &number, sizeof number) != sizeof number
        || waitpid(process, &end, 0) != process || end != 0)
        fail("a child was lost");
    for (int n = 0; n < 2; n++) {
        close(there[n]);
        close(back[n]);
    }
    return number;
}

uint64_t unit(void)
{
    return child(file(memory(calls(arithmetic(0x9e3779b97f4a7c15)))));
}
