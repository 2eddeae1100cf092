/*
 * Disks: blocks of 4 KiB read and written without the page cache, at places that no order has, one at a time or 32 at once; and in order through the
 * page cache, which reads ahead and writes in large pieces. All disks have the same content, and forget what is written. And the configuration space
 * of a PCI function, which drivers read now and then. An operation is a block, or a word.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BY_MESSAGE "/dev/vda"
#define BY_LINE "/dev/vdb"
#define NVME "/dev/nvme0n1"
#define HOST_BRIDGE "/sys/bus/pci/devices/0000:00:00.0/config"
#define BLOCKS 4096
#define PIECE 65536
#define AT_ONCE 32

/* Each of the disk's blocks comes once in as many steps as it has blocks. */
static off_t place_of(unsigned step)
{
    return (off_t)(step * 2473 % BLOCKS) * PAGE;
}

static int opened(const char *path, int flags)
{
    load_drivers();
    wait_for(path);
    int disk = open(path, flags);
    must(disk >= 0, path);
    return disk;
}

static uint64_t word_of(const char *block)
{
    uint64_t word;
    memcpy(&word, block, sizeof word);
    return word;
}

static uint64_t read_blocks(const char *path, unsigned count)
{
    uint64_t check = 0;
    char *block = pages(1);
    int disk = opened(path, O_RDONLY | O_DIRECT);
    start();
    for (unsigned i = 0; i < count; i++) {
        must(pread(disk, block, PAGE, place_of(i)) == PAGE, "a block read");
        check = mix(check, word_of(block));
    }
    stop();
    close(disk);
    munmap(block, PAGE);
    return check;
}

static uint64_t write_blocks(const char *path, unsigned count)
{
    uint64_t check = 0;
    char *block = pages(1);
    int disk = opened(path, O_RDWR | O_DIRECT);
    start();
    for (unsigned i = 0; i < count; i++) {
        memset(block, (int)i & 255, PAGE);
        must(pwrite(disk, block, PAGE, place_of(i)) == PAGE, "a block written");
    }
    stop();
    for (unsigned i = 0; i < count; i++) {
        must(pread(disk, block, PAGE, place_of(i)) == PAGE && (unsigned char)block[PAGE - 1] == (i & 255), "what was written");
        check = mix(check, word_of(block));
    }
    close(disk);
    munmap(block, PAGE);
    return check;
}

static uint64_t read_by_message(unsigned count)
{
    return read_blocks(BY_MESSAGE, count);
}

static uint64_t write_by_message(unsigned count)
{
    return write_blocks(BY_MESSAGE, count);
}

static uint64_t read_by_line(unsigned count)
{
    return read_blocks(BY_LINE, count);
}

static uint64_t read_nvme(unsigned count)
{
    return read_blocks(NVME, count);
}

static uint64_t write_nvme(unsigned count)
{
    return write_blocks(NVME, count);
}

static void read_together(aio_context_t context, int disk, char *memory, unsigned first)
{
    struct iocb requests[AT_ONCE], *list[AT_ONCE];
    struct io_event events[AT_ONCE];
    for (unsigned i = 0; i < AT_ONCE; i++) {
        requests[i] = (struct iocb){ .aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = (uint32_t)disk, .aio_nbytes = PAGE,
                                     .aio_buf = (uint64_t)(memory + (size_t)i * PAGE), .aio_offset = place_of(first + i) };
        list[i] = &requests[i];
    }
    must(syscall(SYS_io_submit, context, AT_ONCE, list) == AT_ONCE, "io_submit");
    must(syscall(SYS_io_getevents, context, AT_ONCE, AT_ONCE, events, NULL) == AT_ONCE, "io_getevents");
    for (unsigned i = 0; i < AT_ONCE; i++)
        must(events[i].res == PAGE, "a block read");
}

static uint64_t read_at_once(unsigned count)
{
    uint64_t check = 0;
    aio_context_t context = 0;
    char *memory = pages(AT_ONCE);
    int disk = opened(BY_MESSAGE, O_RDONLY | O_DIRECT);
    must(syscall(SYS_io_setup, AT_ONCE, &context) == 0, "io_setup");
    start();
    for (unsigned first = 0; first < count; first += AT_ONCE) {
        read_together(context, disk, memory, first);
        for (size_t i = 0; i < AT_ONCE; i++)
            check = mix(check, word_of(memory + i * PAGE));
    }
    stop();
    syscall(SYS_io_destroy, context);
    close(disk);
    munmap(memory, (size_t)AT_ONCE * PAGE);
    return check;
}

static char piece[PIECE];

static uint64_t read_in_order(unsigned count)
{
    uint64_t check = 0;
    int disk = opened(BY_MESSAGE, O_RDONLY);
    must(ioctl(disk, BLKFLSBUF) == 0, "BLKFLSBUF");
    start();
    for (unsigned done = 0; done < count; done += PIECE / PAGE) {
        must(read(disk, piece, PIECE) == PIECE, "a piece read");
        check = mix(check, word_of(piece));
    }
    stop();
    close(disk);
    return check;
}

static uint64_t write_in_order(unsigned count)
{
    uint64_t check = 0;
    int disk = opened(BY_MESSAGE, O_RDWR);
    memset(piece, 0x5a, sizeof piece);
    must(ioctl(disk, BLKFLSBUF) == 0, "BLKFLSBUF");
    start();
    for (unsigned done = 0; done < count; done += PIECE / PAGE)
        must(write(disk, piece, PIECE) == PIECE, "a piece written");
    must(fsync(disk) == 0, "fsync");
    stop();
    must(ioctl(disk, BLKFLSBUF) == 0 && lseek(disk, 0, SEEK_SET) == 0, "the beginning");
    for (unsigned done = 0; done < count; done += PIECE / PAGE) {
        must(read(disk, piece, PIECE) == PIECE && piece[PIECE - 1] == 0x5a, "what was written");
        check = mix(check, word_of(piece));
    }
    close(disk);
    return check;
}

static uint64_t read_configuration(unsigned count)
{
    uint64_t check = 0;
    uint32_t word = 0;
    int file = open(HOST_BRIDGE, O_RDONLY);
    must(file >= 0, HOST_BRIDGE);
    start();
    for (unsigned i = 0; i < count; i++) {
        must(pread(file, &word, sizeof word, 0) == sizeof word, HOST_BRIDGE);
        check = mix(check, word);
    }
    stop();
    close(file);
    return check;
}

/* What is written is written last: disks forget only with the machine. */
const struct row disks[] = {
    { "configuration-file", 10, read_configuration },
    { "disk-read", 9, read_by_message },
    { "disk-read-32", 9, read_at_once },
    { "disk-read-ordered", 11, read_in_order },
    { "disk-read-line", 9, read_by_line },
    { "nvme-read", 9, read_nvme },
    { "disk-write", 9, write_by_message },
    { "disk-write-ordered", 11, write_in_order },
    { "nvme-write", 9, write_nvme },
    { NULL, 0, NULL },
};
