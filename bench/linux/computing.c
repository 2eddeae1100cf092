/* Work that is mostly the processor's: two kernels of our own, and Debian's gzip, sha256sum, sh and tar. An operation is the whole of it. */
#include "bench.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define SIEVE 65536
#define BODIES 5
#define OUTPUT "/tmp/output"

/* Of both halves of a processor's integer work: shifts and exclusive ors of one word, and a sieve in memory. */
static uint64_t integers(unsigned operations)
{
    static unsigned char composite[SIEVE];
    uint64_t word = 0x9e3779b97f4a7c15u, primes = 0;
    start();
    for (unsigned round = 0; round < operations; round++) {
        for (int i = 0; i < 200000; i++) {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
        }
        memset(composite, 0, sizeof composite);
        for (unsigned i = 2; i < SIEVE; i++) {
            primes += composite[i] == 0;
            for (unsigned j = 2 * i; composite[i] == 0 && j < SIEVE; j += i)
                composite[j] = 1;
        }
    }
    stop();
    return mix(word, primes);
}

struct body {
    double place[3], speed[3], mass;
};

static void attract(struct body *one, struct body *other, double time)
{
    double way[3], square = 0.01;
    for (int axis = 0; axis < 3; axis++) {
        way[axis] = other->place[axis] - one->place[axis];
        square += way[axis] * way[axis];
    }
    double pull = time / (square * sqrt(square));
    for (int axis = 0; axis < 3; axis++) {
        one->speed[axis] += way[axis] * pull * other->mass;
        other->speed[axis] -= way[axis] * pull * one->mass;
    }
}

static void advance(struct body *bodies, double time)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++)
            attract(&bodies[i], &bodies[j], time);
    for (int i = 0; i < BODIES; i++)
        for (int axis = 0; axis < 3; axis++)
            bodies[i].place[axis] += bodies[i].speed[axis] * time;
}

/* Five bodies under gravity, ten thousand steps. The last bit of each place is in the checksum. */
static uint64_t floats(unsigned operations)
{
    struct body bodies[BODIES];
    uint64_t check = 0, bits;
    for (int i = 0; i < BODIES; i++)
        bodies[i] = (struct body){ { i * 1.5, i * i * 0.25, -0.5 * i }, { 0.1 * i, 0.2, 0.05 * i }, 1.0 / (1 + i) };
    start();
    for (unsigned i = 0; i < operations * 10000; i++)
        advance(bodies, 0.001);
    stop();
    for (int i = 0; i < BODIES * 3; i++) {
        memcpy(&bits, &bodies[i / 3].place[i % 3], sizeof bits);
        check = mix(check, bits);
    }
    return check;
}

static uint64_t program(unsigned operations, char *const arguments[])
{
    start();
    for (unsigned i = 0; i < operations; i++)
        perform(arguments, OUTPUT);
    stop();
    return mix_file(0, OUTPUT);
}

/* /srv/text is the first mebibyte of the sources of libstb-dev. */
static uint64_t compress(unsigned operations)
{
    char *const arguments[] = { "/usr/bin/gzip", "-c", "-n", "/srv/text", NULL };
    return program(operations, arguments);
}

static uint64_t digest(unsigned operations)
{
    char *const arguments[] = { "/usr/bin/sha256sum", "/srv/text", NULL };
    return program(operations, arguments);
}

static uint64_t execute_200(unsigned operations)
{
    char *const arguments[] = { "/bin/sh", "-c",
                                "i=0; sum=0; while [ $i -lt 200 ]; do /bin/leave; sum=$((sum + $?)); i=$((i + 1)); done; echo $sum", NULL };
    return program(operations, arguments);
}

#define ARCHIVE "/usr/bin/tar --sort=name --mtime=@0 --owner=0 --group=0 -C "

/* The headers of the C library packed, unpacked and deleted. */
static uint64_t archive(unsigned operations)
{
    char *const work[] = { "/bin/sh", "-ec", "mkdir /tmp/tree; " ARCHIVE "/usr -cf /tmp/archive include; "
                                             "/usr/bin/tar -C /tmp/tree -xf /tmp/archive; /usr/bin/rm -r /tmp/tree", NULL };
    char *const proof[] = { "/bin/sh", "-ec", "mkdir /tmp/tree; /usr/bin/tar -C /tmp/tree -xf /tmp/archive; "
                                              ARCHIVE "/tmp/tree -cf /tmp/again include; /usr/bin/rm -r /tmp/tree", NULL };
    start();
    for (unsigned i = 0; i < operations; i++)
        perform(work, NULL);
    stop();
    perform(proof, NULL);
    uint64_t check = mix_file(0, "/tmp/archive");
    must(check == mix_file(0, "/tmp/again"), "what was unpacked is not what was packed");
    return check;
}

const struct row computing[] = {
    { "integers", 2, integers },
    { "floats", 0, floats },
    { "gzip-1m", 0, compress },
    { "sha256-1m", 0, digest },
    { "exec-200", 0, execute_200 },
    { "tar-tree", 0, archive },
    { NULL, 0, NULL },
};
