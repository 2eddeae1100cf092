/* A real compilation: Debian's tcc makes a program of five libraries of libstb-dev (picture.c), with the C library's headers; the program is run. */
#include "bench.h"

#include <unistd.h>

#define PROGRAM "/tmp/picture"

static uint64_t compile(unsigned operations)
{
    char *const compiler[] = { "/usr/bin/tcc", "-o", PROGRAM, "/srv/picture.c", "-lm", NULL };
    char *const result[] = { PROGRAM, NULL };
    start();
    for (unsigned i = 0; i < operations; i++)
        perform(compiler, NULL);
    stop();
    perform(result, "/tmp/output");
    uint64_t check = mix_file(mix_file(0, PROGRAM), "/tmp/output");
    unlink(PROGRAM);
    return check;
}

const struct row compiling[] = {
    { "compile", 0, compile },
    { NULL, 0, NULL },
};
