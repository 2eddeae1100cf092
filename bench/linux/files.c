/* Files in memory (tmpfs): made with nothing or 10 KiB in them, taken away, read again. An operation is one file, or 64 KiB read. */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 65536

static const char *name_of(unsigned number)
{
    static char name[32];
    snprintf(name, sizeof name, "/tmp/file%05u", number);
    return name;
}

static void make(unsigned count, size_t bytes)
{
    static char content[10240];
    for (unsigned i = 0; i < count; i++) {
        int file = open(name_of(i), O_CREAT | O_EXCL | O_WRONLY, 0600);
        must(file >= 0 && (bytes == 0 || write(file, content, bytes) == (ssize_t)bytes), "a file in /tmp");
        close(file);
    }
}

static void remove_all(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        must(unlink(name_of(i)) == 0, "unlink");
}

static uint64_t content_of(unsigned count)
{
    struct stat status;
    uint64_t check = 0;
    for (unsigned i = 0; i < count; i++) {
        must(stat(name_of(i), &status) == 0, "stat");
        check = mix(check, (uint64_t)status.st_size);
    }
    return check;
}

static uint64_t create(unsigned count, size_t bytes)
{
    start();
    make(count, bytes);
    stop();
    uint64_t check = content_of(count);
    remove_all(count);
    return check;
}

static uint64_t delete(unsigned count, size_t bytes)
{
    make(count, bytes);
    uint64_t check = content_of(count);
    start();
    remove_all(count);
    stop();
    must(access(name_of(0), F_OK) != 0, "a deleted file is there");
    return check;
}

static uint64_t create_0k(unsigned count)
{
    return create(count, 0);
}

static uint64_t create_10k(unsigned count)
{
    return create(count, 10240);
}

static uint64_t delete_0k(unsigned count)
{
    return delete(count, 0);
}

static uint64_t delete_10k(unsigned count)
{
    return delete(count, 10240);
}

/* The file is in the page cache: what remains is the copy. */
static uint64_t reread(unsigned blocks)
{
    static char block[BLOCK];
    uint64_t bytes = 0;
    int file = nameless_file(8 * MEBIBYTE);
    start();
    for (unsigned i = 0; i < blocks; i++)
        bytes += (uint64_t)pread(file, block, sizeof block, (off_t)(i % 128) * BLOCK);
    stop();
    close(file);
    return mix(bytes, (uint64_t)block[BLOCK - 1]);
}

const struct row files[] = {
    { "create-0k", 11, create_0k },
    { "delete-0k", 11, delete_0k },
    { "create-10k", 9, create_10k },
    { "delete-10k", 9, delete_10k },
    { "file-reread", 7, reread },
    { NULL, 0, NULL },
};
