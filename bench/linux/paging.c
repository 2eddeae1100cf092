/* Virtual memory in quantity: a process with much of it copied, tables moved in pieces, and pages given up and asked for again. */
#define _GNU_SOURCE
#include "bench.h"

#include <sys/mman.h>
#include <unistd.h>

#define DIRTY (64 * MEBIBYTE)
#define SOME 64

/* Every page of the parent's is its own and written to: all entries are copied and made read-only, and the child takes them apart again. */
static uint64_t fork_dirty(unsigned operations)
{
    char *memory = pages(DIRTY / PAGE);
    uint64_t children = 0;
    start();
    for (unsigned i = 0; i < operations; i++) {
        touch(memory, DIRTY / PAGE);
        pid_t child = fork();
        if (child == 0)
            _exit(memory[DIRTY - PAGE] == 1 ? 0 : 1);
        must(child > 0, "fork");
        finish(child, "a child of a large parent");
        children++;
    }
    stop();
    munmap(memory, DIRTY);
    return children;
}

/* 129 pages at places that differ by no whole table, so that each entry is moved by itself. */
static uint64_t move(unsigned operations)
{
    const size_t count = 129, size = count * PAGE;
    char *room = mmap(NULL, 8 * MEBIBYTE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *here = room + 3 * PAGE;
    char *there = room + 5 * MEBIBYTE + 77 * PAGE;
    must(room != MAP_FAILED, "mmap");
    must(mmap(here, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == here, "mmap at a place");
    for (size_t i = 0; i < count; i++)
        here[i * PAGE] = (char)i;
    start();
    for (unsigned i = 0; i < operations; i += 2) {
        must(mremap(here, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, there) == there, "mremap");
        must(mremap(there, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, here) == here, "mremap back");
    }
    stop();
    uint64_t check = 0;
    for (size_t i = 0; i < count; i++)
        check = mix(check, (unsigned char)here[i * PAGE]);
    munmap(room, 8 * MEBIBYTE);
    return check;
}

/* Pages that the kernel may take, and that are written to again before it does. */
static uint64_t give_up(unsigned operations)
{
    char *memory = pages(SOME);
    uint64_t done = 0;
    touch(memory, SOME);
    start();
    for (unsigned i = 0; i < operations; i++) {
        done += madvise(memory, SOME * PAGE, MADV_FREE) == 0;
        touch(memory, SOME);
    }
    stop();
    munmap(memory, SOME * PAGE);
    return done;
}

static uint64_t forbid(unsigned operations)
{
    char *memory = pages(SOME);
    uint64_t sum = 0;
    touch(memory, SOME);
    start();
    for (unsigned i = 0; i < operations; i++) {
        must(mprotect(memory, SOME * PAGE, PROT_NONE) == 0 && mprotect(memory, SOME * PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
        for (size_t page = 0; page < SOME; page++)
            sum += (unsigned char)((volatile char *)memory)[page * PAGE]++ - i % 256;
    }
    stop();
    munmap(memory, SOME * PAGE);
    return sum;
}

const struct row paging[] = {
    { "fork-dirty-64m", 2, fork_dirty },
    { "mremap-odd", 6, move },
    { "madvise-free", 7, give_up },
    { "protect-none", 7, forbid },
    { NULL, 0, NULL },
};
