/* Memory given back to the hypervisor and asked for again, by the balloon driver of the kernel: there is none on native Linux. */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MEMORY "/sys/devices/system/xen_memory/xen_memory0/"

static unsigned long long number_in(const char *path)
{
    char text[32] = "";
    unsigned long long number = 0;
    int file = open(path, O_RDONLY);
    must(file >= 0 && read(file, text, sizeof text - 1) > 0 && sscanf(text, "%llu", &number) == 1 && close(file) == 0, path);
    return number;
}

/* The driver works in a thread of its own, which is asked now and then whether it is there yet. */
static void become(unsigned long long kibibytes)
{
    char text[32];
    int file = open(MEMORY "target_kb", O_WRONLY);
    ssize_t length = snprintf(text, sizeof text, "%llu", kibibytes);
    must(file >= 0 && write(file, text, (size_t)length) == length && close(file) == 0, MEMORY "target_kb");
    while (number_in(MEMORY "info/current_kb") != kibibytes)
        usleep(2000);
}

static uint64_t balloon(unsigned count)
{
    unsigned long long all = number_in(MEMORY "info/current_kb");
    start();
    become(all - count * (unsigned long long)(PAGE / 1024));
    become(all);
    stop();
    return count;
}

const struct row ballooning[] = {
    { "balloon-page", 13, balloon },
    { NULL, 0, NULL },
};
