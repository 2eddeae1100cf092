/*
 * The rows of out/bench/devices.initramfs, whose machine has the devices that bench/boots names, and what they have in common: the drivers, which are
 * modules of the kernel's package.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULES "/srv/modules"
#define PATIENCE 1000

const struct row *const tables[] = { disks, packets, NULL };

/* Their names begin with numbers, so that each comes after those that it needs. The first row's process loads them for all. */
void load_drivers(void)
{
    struct dirent **found;
    char path[512];
    if (access("/sys/bus/pci/drivers/virtio-pci", F_OK) == 0)
        return;
    int count = scandir(MODULES, &found, NULL, alphasort);
    must(count > 0, MODULES);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, MODULES "/%s", found[i]->d_name);
        if (found[i]->d_name[0] == '.')
            continue;
        int module = open(path, O_RDONLY);
        must(module >= 0 && syscall(SYS_finit_module, module, "", 0) == 0 && close(module) == 0, path);
    }
}

/* Some drivers look for their devices behind one's back. */
void wait_for(const char *path)
{
    for (int i = 0; i < PATIENCE && access(path, F_OK) != 0; i++)
        usleep(10000);
    must(access(path, F_OK) == 0, path);
}
