/* The rows of out/bench/linux.initramfs. */
#include "bench.h"

const struct row *const tables[] = { calls, signals, processes, switches, files, mappings, paging, memory, local, computing, compiling, NULL };
