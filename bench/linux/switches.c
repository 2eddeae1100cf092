/*
 * Switches between processes: a token goes round a ring of pipes, and each process that gets it touches every cache line of an array of its own.
 * An operation is one hop of the token. Nothing is subtracted: the rows `ring-self-*` are the same hop through a pipe and the same array without a
 * switch, for whoever wants the difference.
 */
#include "bench.h"

#include <sys/mman.h>
#include <unistd.h>

#define LINE 64
#define MOST 16

struct ring {
    unsigned count;
    size_t bytes;
    char *array;
    int ends[MOST][2];
    pid_t members[MOST];
};

static char *array_of(size_t bytes)
{
    char *array = pages(bytes / PAGE + 1);
    touch(array, bytes / PAGE + 1);
    return array;
}

static uint64_t visit(const char *array, size_t bytes)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes; i += LINE)
        sum += ((const volatile char *)array)[i];
    return sum;
}

static bool take(const struct ring *ring, unsigned place, unsigned char *token)
{
    return read(ring->ends[place][0], token, 1) == 1;
}

static bool give(const struct ring *ring, unsigned place, unsigned char token)
{
    return write(ring->ends[place][1], &token, 1) == 1;
}

/* Each member takes from its own pipe and gives to the next one's, a token greater by one. */
static pid_t member(const struct ring *ring, unsigned place)
{
    unsigned char token;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child != 0)
        return child;
    char *own = array_of(ring->bytes);
    while (take(ring, place, &token)) {
        visit(own, ring->bytes);
        if (!give(ring, (place + 1) % ring->count, (unsigned char)(token + 1)))
            break;
    }
    _exit(0);
}

static void open_ring(struct ring *ring)
{
    ring->array = array_of(ring->bytes);
    for (unsigned i = 0; i < ring->count; i++)
        must(pipe(ring->ends[i]) == 0, "pipe");
    for (unsigned i = 1; i < ring->count; i++)
        ring->members[i] = member(ring, i);
}

static void close_ring(struct ring *ring)
{
    for (unsigned i = 1; i < ring->count; i++)
        end(ring->members[i]);
    for (unsigned i = 0; i < ring->count; i++) {
        close(ring->ends[i][0]);
        close(ring->ends[i][1]);
    }
    munmap(ring->array, (ring->bytes / PAGE + 1) * PAGE);
}

/* The token comes back greater by the number of the others, which proves that each had it. */
static uint64_t go_round(const struct ring *ring, unsigned rounds)
{
    uint64_t check = 0;
    for (unsigned i = 0; i < rounds; i++) {
        unsigned char token = (unsigned char)i;
        must(give(ring, 1 % ring->count, token) && take(ring, 0, &token), "the token is lost");
        check = mix(check, token + visit(ring->array, ring->bytes));
    }
    return check;
}

static uint64_t measure(unsigned hops, unsigned count, unsigned kibibytes)
{
    struct ring ring = { .count = count, .bytes = (size_t)kibibytes << 10 };
    open_ring(&ring);
    go_round(&ring, 2);
    start();
    uint64_t check = go_round(&ring, hops / count);
    stop();
    close_ring(&ring);
    return check;
}

#define RING(count, kibibytes) \
    static uint64_t ring_##count##_##kibibytes(unsigned hops) { return measure(hops, count, kibibytes); }

RING(1, 0) RING(1, 16) RING(1, 64)
RING(2, 0) RING(2, 16) RING(2, 64)
RING(8, 16) RING(8, 64)
RING(16, 16) RING(16, 64)

const struct row switches[] = {
    { "ring-self-0k", 12, ring_1_0 },
    { "ring-self-16k", 10, ring_1_16 },
    { "ring-self-64k", 9, ring_1_64 },
    { "switch-2p-0k", 12, ring_2_0 },
    { "switch-2p-16k", 11, ring_2_16 },
    { "switch-2p-64k", 10, ring_2_64 },
    { "switch-8p-16k", 12, ring_8_16 },
    { "switch-8p-64k", 10, ring_8_64 },
    { "switch-16p-16k", 12, ring_16_16 },
    { "switch-16p-64k", 10, ring_16_64 },
    { NULL, 0, NULL },
};
