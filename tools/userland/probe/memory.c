/* Mappings that are made, protected, shared, copied on write and moved: each becomes page-table updates in the hypervisor. */
#define _GNU_SOURCE
#include "probe.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 2048 };

static sigjmp_buf back;

static void on_fault(int number)
{
    (void)number;
    siglongjmp(back, 1);
}

/* Whether a write to the address faults. */
static int refuses_write(volatile unsigned char *at)
{
    if (sigsetjmp(back, 1) != 0)
        return 1;
    *at = 1;
    return 0;
}

static int filled(const unsigned char *area, int pages, int salt)
{
    for (int n = 0; n < pages; n++)
        if (area[(size_t)n * PAGE] != (unsigned char)(n + salt))
            return 0;
    return 1;
}

static void fill(unsigned char *area, int pages, int salt)
{
    for (int n = 0; n < pages; n++)
        area[(size_t)n * PAGE] = (unsigned char)(n + salt);
}

static int check_protection(unsigned char *area)
{
    if (mprotect(area + PAGE * 7, PAGE, PROT_READ) != 0 || !refuses_write(area + PAGE * 7))
        return FAIL("a read-only page was written");
    if (refuses_write(area + PAGE * 8))
        return FAIL("a page beside the read-only one refused a write");
    area[PAGE * 8] = 8 + 1;
    mprotect(area + PAGE * 7, PAGE, PROT_READ | PROT_WRITE);
    if (refuses_write(area + PAGE * 7))
        return FAIL("a page made writable again refused a write");
    area[PAGE * 7] = 7 + 1;
    return 0;
}

static int check_copy_on_write(unsigned char *area, int shared_expected)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        if (!filled(area, PAGES, 1))
            _exit(2);
        fill(area, PAGES, 99);
        _exit(filled(area, PAGES, 99) ? 0 : 3);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return FAIL("the child of a copied space ended with %#x", status);
    if (!filled(area, PAGES, shared_expected ? 99 : 1))
        return FAIL("after the child wrote, the parent's %s memory is wrong", shared_expected ? "shared" : "private");
    return 0;
}

static unsigned char *map(int flags)
{
    unsigned char *area = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    if (area == MAP_FAILED)
        return NULL;
    for (int n = 0; n < PAGES; n++)
        if (area[(size_t)n * PAGE] != 0)
            return NULL;
    fill(area, PAGES, 1);
    return area;
}

int check_memory(void)
{
    unsigned char *area = map(MAP_PRIVATE), *shared = map(MAP_SHARED), *moved;

    signal(SIGSEGV, on_fault);
    if (!area || !shared)
        return FAIL("new memory is missing or not zero");
    if (check_protection(area) || check_copy_on_write(area, 0) || check_copy_on_write(shared, 1))
        return 1;
    moved = mremap(area, (size_t)PAGES * PAGE, (size_t)PAGES * PAGE * 2, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED || !filled(moved, PAGES, 1))
        return FAIL("moved memory lost its content");
    if (munmap(moved, (size_t)PAGES * PAGE * 2) != 0 || !refuses_write(moved))
        return FAIL("unmapped memory can be written");
    printf("%d pages mapped, protected, copied, moved\n", PAGES);
    return 0;
}
