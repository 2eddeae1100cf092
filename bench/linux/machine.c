/* The rows of out/bench/machine.initramfs: those that want ports, a module, two processors, or a hypervisor. */
#include "bench.h"

const struct row *const tables[] = { swapping, privileged, neighbours, ballooning, NULL };
