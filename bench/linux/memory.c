/* Bandwidth of memory, and of the ways to another process. An operation is a mebibyte, or 64 KiB sent. */
#include "bench.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK 65536
#define COUNT (MEBIBYTE / PAGE)

/* The compiler must believe that somebody reads the memory. */
static void read_by_others(const void *memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

static uint64_t words_of(const char *memory)
{
    const uint64_t *words = (const uint64_t *)(const void *)memory;
    uint64_t sum = 0;
    for (size_t i = 0; i < MEBIBYTE / sizeof *words; i++)
        sum += words[i];
    return sum;
}

static char *filled(int value)
{
    char *memory = pages(COUNT);
    memset(memory, value, MEBIBYTE);
    return memory;
}

static uint64_t copy(unsigned operations)
{
    char *from = filled(3), *to = filled(0);
    start();
    for (unsigned i = 0; i < operations; i++) {
        memcpy(to, from, MEBIBYTE);
        read_by_others(to);
    }
    stop();
    uint64_t check = words_of(to);
    munmap(from, MEBIBYTE);
    munmap(to, MEBIBYTE);
    return check;
}

static uint64_t set(unsigned operations)
{
    char *memory = filled(0);
    start();
    for (unsigned i = 0; i < operations; i++) {
        memset(memory, (int)i, MEBIBYTE);
        read_by_others(memory);
    }
    stop();
    uint64_t check = words_of(memory);
    munmap(memory, MEBIBYTE);
    return check;
}

static uint64_t read_all(unsigned operations)
{
    char *memory = filled(5);
    uint64_t check = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        check += words_of(memory);
        read_by_others(memory);
    }
    stop();
    munmap(memory, MEBIBYTE);
    return check;
}

/* The other process reads all there is and tells at the end by its status whether it was enough. */
static pid_t reader(int from, int unused, uint64_t expected)
{
    static char block[BLOCK];
    uint64_t bytes = 0;
    ssize_t length;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child != 0)
        return child;
    close(unused);
    while ((length = read(from, block, sizeof block)) > 0)
        bytes += (uint64_t)length;
    _exit(length == 0 && bytes == expected ? 0 : 1);
}

static uint64_t send_blocks(int ends[2], unsigned operations)
{
    static char block[BLOCK];
    uint64_t bytes = 0;
    pid_t child = reader(ends[0], ends[1], (uint64_t)operations * BLOCK);
    close(ends[0]);
    start();
    for (unsigned i = 0; i < operations; i++)
        bytes += (uint64_t)write(ends[1], block, sizeof block);
    stop();
    close(ends[1]);
    finish(child, "not all that was sent came");
    return bytes;
}

static uint64_t pipe_blocks(unsigned operations)
{
    int ends[2];
    must(pipe(ends) == 0, "pipe");
    return send_blocks(ends, operations);
}

static uint64_t socket_blocks(unsigned operations)
{
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
    return send_blocks(ends, operations);
}

const struct row memory[] = {
    { "memory-copy", 5, copy },
    { "memory-set", 6, set },
    { "memory-read", 4, read_all },
    { "pipe-64k", 7, pipe_blocks },
    { "unix-64k", 7, socket_blocks },
    { NULL, 0, NULL },
};
