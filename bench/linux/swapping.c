/* Swap: on a block device in memory, whose module comes from the kernel's package. */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEVICE "/dev/ram0"
#define MODULE "/srv/brd.ko"

/* A swap area's first page: how many pages there are, and a signature (include/linux/swap.h). */
static void swap_on(void)
{
    static char page[PAGE];
    const uint32_t version = 1, last = 16 * MEBIBYTE / PAGE - 1;
    int module = open(MODULE, O_RDONLY);
    must(module >= 0, MODULE);
    if (access(DEVICE, F_OK) != 0)
        must(syscall(SYS_finit_module, module, "rd_nr=1 rd_size=16384", 0) == 0, "finit_module");
    close(module);
    memcpy(page + 1024, &version, sizeof version);
    memcpy(page + 1028, &last, sizeof last);
    memcpy(page + PAGE - 10, "SWAPSPACE2", 10);
    int device = open(DEVICE, O_WRONLY);
    must(device >= 0 && write(device, page, PAGE) == PAGE && close(device) == 0, DEVICE);
    must(swapon(DEVICE, 0) == 0, "swapon");
}

/* What is there of the pages is in memory (mincore tells): none after they were put out, all after they were read. */
static unsigned present(char *memory, unsigned count)
{
    static unsigned char there[4096];
    unsigned sum = 0;
    must(count <= sizeof there && mincore(memory, (size_t)count * PAGE, there) == 0, "mincore");
    for (unsigned i = 0; i < count; i++)
        sum += there[i] & 1;
    return sum;
}

static uint64_t swap(unsigned count)
{
    char *memory = pages(count);
    uint64_t check = 0;
    swap_on();
    for (size_t i = 0; i < count; i++)
        memory[i * PAGE] = (char)(i + 1);
    start();
    int result = madvise(memory, (size_t)count * PAGE, MADV_PAGEOUT);
    for (size_t i = 0; i < count; i++)
        check = mix(check, ((unsigned char volatile *)memory)[i * PAGE]);
    stop();
    must(result == 0 && present(memory, count) == count, "pages back from swap");
    madvise(memory, (size_t)count * PAGE, MADV_PAGEOUT);
    must(present(memory, count) == 0, "pages out to swap");
    munmap(memory, (size_t)count * PAGE);
    must(swapoff(DEVICE) == 0, "swapoff");
    return check;
}

const struct row swapping[] = {
    { "swap-page", 10, swap },
    { NULL, 0, NULL },
};
