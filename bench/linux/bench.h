/*
 * What the rows of bench/linux have in common. A row is a function that sets up, performs its operation a power of two times between start() and
 * stop(), takes down, and returns a checksum of what came out: the same on every system, and at every repetition.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PAGE 4096
#define MEBIBYTE (1u << 20)
/* What started programs complain about; shown when a run fails. */
#define ERRORS "/tmp/errors"

struct row {
    const char *key;
    int log2;
    uint64_t (*run)(unsigned operations);
};

/* Tables end with a row without a key; the list of them with NULL. Each program has its own list. */
extern const struct row *const tables[];
extern const struct row calls[], signals[], processes[], switches[], files[], mappings[], paging[], memory[], local[], computing[], compiling[];
extern const struct row swapping[], privileged[], neighbours[], ballooning[];
extern const struct row disks[], packets[];

void start(void);
void stop(void);

/* Says what failed, and ends the whole run. */
void must(bool holds, const char *what);

/* One step of a checksum: FNV-1a over the eight bytes of the value. */
uint64_t mix(uint64_t check, uint64_t value);
uint64_t mix_file(uint64_t check, const char *path);

/* A program as this user, with its output in a file (or nowhere); the end of it, which must be success; and both at once, as root. */
pid_t launch(char *const arguments[], const char *output, uid_t user);
void finish(pid_t child, const char *what);
void perform(char *const arguments[], const char *output);

/* Anonymous memory of so many pages. */
char *pages(size_t count);
/* Writes to each page once. */
void touch(char *memory, size_t count);
/* A file of so many bytes in /tmp without a name. */
int nameless_file(size_t bytes);

/* A child that gives each byte back until the parent ends it. */
pid_t echo(int from, int to);
/* So many bytes there and back again; the number that came. */
uint64_t bounce(int from, int to, unsigned count);
void end(pid_t child);

/* The loopback device, without which there are no connections. */
void loopback_up(void);

/* The drivers of disks and networks (devices.c), once for all; and a device's file, which may come later. */
void load_drivers(void);
void wait_for(const char *path);

#endif
