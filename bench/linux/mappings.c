/* Virtual memory: mappings made, changed and taken away, and the page faults that fill them. */
#define _GNU_SOURCE
#include "bench.h"

#include <sys/mman.h>
#include <unistd.h>

static uint64_t sum_of(const char *memory, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (unsigned char)memory[i * PAGE];
    return sum;
}

static char *file_mapped(int file, size_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    must(memory != MAP_FAILED, "mmap of a file");
    return memory;
}

/* One page of four is written to, as lmbench's `mmap latency` and the baseline have it. */
static uint64_t map_file(unsigned operations)
{
    const size_t size = 8 * MEBIBYTE;
    int file = nameless_file(size);
    uint64_t check = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        char *memory = file_mapped(file, size);
        for (size_t at = 0; at < size; at += 4 * PAGE)
            ((volatile char *)memory)[at] = (char)i;
        check += (unsigned char)memory[size - 4 * PAGE];
        munmap(memory, size);
    }
    stop();
    close(file);
    return check;
}

static uint64_t map_and_unmap(unsigned operations)
{
    uint64_t done = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        done += memory != MAP_FAILED && munmap(memory, PAGE) == 0;
    }
    stop();
    return done;
}

static uint64_t map_touch_unmap(unsigned operations)
{
    uint64_t check = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        char *memory = pages(16);
        touch(memory, 16);
        check += (unsigned char)memory[15 * PAGE];
        munmap(memory, 16 * PAGE);
    }
    stop();
    return check;
}

/* A page that is there: to read only, and back, and written to. */
static uint64_t protect(unsigned operations)
{
    char *memory = pages(1);
    uint64_t check = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        must(mprotect(memory, PAGE, PROT_READ) == 0 && mprotect(memory, PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
        *(volatile char *)memory = (char)i;
        check += (unsigned char)memory[0];
    }
    stop();
    munmap(memory, PAGE);
    return check;
}

static uint64_t fresh_pages(unsigned count)
{
    char *memory = pages(count);
    start();
    touch(memory, count);
    stop();
    uint64_t check = sum_of(memory, count);
    munmap(memory, (size_t)count * PAGE);
    return check;
}

/* Each page of a file that is in memory, in an order that no read-ahead foresees. */
static uint64_t file_pages(unsigned count)
{
    int file = nameless_file((size_t)count * PAGE);
    char *memory = file_mapped(file, (size_t)count * PAGE);
    start();
    for (unsigned i = 0; i < count; i++)
        ((volatile char *)memory)[(size_t)(i * 37 % count) * PAGE] = 1;
    stop();
    uint64_t check = sum_of(memory, count);
    munmap(memory, (size_t)count * PAGE);
    close(file);
    return check;
}

/* The child keeps the frames shared until its parent has copied them all, and then must still see what was there before. */
static uint64_t copied_pages(unsigned count)
{
    char *memory = pages(count), byte = 0;
    int ends[2];
    touch(memory, count);
    must(pipe(ends) == 0, "pipe");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 && sum_of(memory, count) == count ? 0 : 1);
    }
    close(ends[0]);
    start();
    for (unsigned i = 0; i < count; i++)
        ((volatile char *)memory)[(size_t)i * PAGE] = 2;
    stop();
    close(ends[1]);
    finish(child, "a page was not copied on write");
    uint64_t check = sum_of(memory, count);
    munmap(memory, (size_t)count * PAGE);
    return check;
}

static uint64_t unmapped_pages(unsigned count)
{
    char *memory = pages(count);
    touch(memory, count);
    uint64_t check = sum_of(memory, count);
    start();
    munmap(memory, (size_t)count * PAGE);
    stop();
    return check;
}

const struct row mappings[] = {
    { "mmap-8m", 3, map_file },
    { "mmap-munmap", 10, map_and_unmap },
    { "mmap-touch", 8, map_touch_unmap },
    { "protect-page", 10, protect },
    { "page-fault-fresh", 10, fresh_pages },
    { "page-fault-file", 10, file_pages },
    { "page-fault-copy", 10, copied_pages },
    { "munmap-page", 10, unmapped_pages },
    { NULL, 0, NULL },
};
