/*
 * Networks: full frames from one device of this machine to another on the same wire, which QEMU is, one at a time or 16 at once. They are no
 * protocol's that the kernel knows, so that what is counted is the drivers and what lies below them. An operation is a frame, sent and received.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROTOCOL 0x88b5 /* for experiments, says IEEE 802 */
#define FRAME 1514
#define HEADER 14
#define AT_ONCE 16
#define DEVICES 16

static unsigned char frame[FRAME];

/* The machine's devices have addresses that end with a number each (bench/boots); their names come as drivers do. */
static int index_of(unsigned char number)
{
    const unsigned char wanted[ETH_ALEN] = { 0x52, 0x54, 0, 0, 0, number };
    int any = socket(AF_INET, SOCK_DGRAM, 0), index = -1;
    for (int i = 0; i < DEVICES && index < 0; i++) {
        struct ifreq request = { .ifr_flags = 0 };
        snprintf(request.ifr_name, sizeof request.ifr_name, "eth%d", i);
        if (ioctl(any, SIOCGIFHWADDR, &request) != 0 || memcmp(request.ifr_hwaddr.sa_data, wanted, ETH_ALEN) != 0)
            continue;
        request.ifr_flags = IFF_UP | IFF_RUNNING;
        must(ioctl(any, SIOCSIFFLAGS, &request) == 0 && ioctl(any, SIOCGIFINDEX, &request) == 0, "a device up");
        index = request.ifr_ifindex;
    }
    close(any);
    must(index > 0, "a network device");
    return index;
}

/* A socket of one device, which receives only where a protocol is named. */
static int bound(unsigned char number, uint16_t protocol)
{
    struct timeval patience = { .tv_sec = 20 };
    struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = index_of(number) };
    int end = socket(AF_PACKET, SOCK_RAW, 0);
    must(end >= 0 && bind(end, (struct sockaddr *)(void *)&address, sizeof address) == 0, "a socket of a device");
    must(setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "SO_RCVTIMEO");
    return end;
}

static void address_frame(unsigned char from, unsigned char to)
{
    const unsigned char header[HEADER] = { 0x52, 0x54, 0, 0, 0, to, 0x52, 0x54, 0, 0, 0, from, PROTOCOL >> 8, PROTOCOL & 255 };
    memset(frame, 0x5a, sizeof frame);
    memcpy(frame, header, HEADER);
}

static void put(int end, unsigned number)
{
    memcpy(frame + HEADER, &number, sizeof number);
    must(send(end, frame, FRAME, 0) == FRAME, "a frame sent");
}

static uint64_t take(int end, unsigned number)
{
    unsigned seen = 0;
    must(recv(end, frame, FRAME, 0) == FRAME, "a frame received");
    memcpy(&seen, frame + HEADER, sizeof seen);
    must(seen == number, "the order of frames");
    return seen + frame[FRAME - 1];
}

static uint64_t transfer(unsigned char from, unsigned char to, unsigned count, unsigned together)
{
    uint64_t check = 0;
    load_drivers();
    int far = bound(to, PROTOCOL), near = bound(from, 0);
    usleep(100000); /* a link that has just come up tells so */
    address_frame(from, to);
    start();
    for (unsigned first = 0; first < count; first += together) {
        for (unsigned i = 0; i < together; i++)
            put(near, first + i);
        for (unsigned i = 0; i < together; i++)
            check = mix(check, take(far, first + i));
    }
    stop();
    close(near);
    close(far);
    return check;
}

static uint64_t by_message(unsigned count)
{
    return transfer(1, 2, count, 1);
}

static uint64_t at_once_by_message(unsigned count)
{
    return transfer(1, 2, count, AT_ONCE);
}

static uint64_t by_line(unsigned count)
{
    return transfer(3, 4, count, 1);
}

static uint64_t at_once_by_line(unsigned count)
{
    return transfer(3, 4, count, AT_ONCE);
}

const struct row packets[] = {
    { "packet", 9, by_message },
    { "packet-16", 9, at_once_by_message },
    { "packet-line", 9, by_line },
    { "packet-line-16", 9, at_once_by_line },
    { NULL, 0, NULL },
};
