/* Local communication: a byte to another process and back, by pipe and by socket, and connections. */
#include "bench.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WARM 8

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static uint64_t measure(int near_in, int near_out, pid_t child, unsigned operations)
{
    bounce(near_in, near_out, WARM);
    start();
    uint64_t check = bounce(near_in, near_out, operations);
    stop();
    end(child);
    return check;
}

static uint64_t pipe_latency(unsigned operations)
{
    int there[2], back[2];
    must(pipe(there) == 0 && pipe(back) == 0, "pipe");
    uint64_t check = measure(back[0], there[1], echo(there[0], back[1]), operations);
    close_both(there);
    close_both(back);
    return check;
}

static uint64_t over(const int ends[2], unsigned operations)
{
    uint64_t check = measure(ends[0], ends[0], echo(ends[1], ends[1]), operations);
    close_both(ends);
    return check;
}

static uint64_t unix_latency(unsigned operations)
{
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
    return over(ends, operations);
}

static struct sockaddr *generic(struct sockaddr_in *address)
{
    return (struct sockaddr *)(void *)address;
}

/* A socket at an address of its own on the loopback device. */
static int bound(int type, struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    loopback_up();
    int end = socket(AF_INET, type, 0);
    *address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    must(end >= 0 && bind(end, generic(address), length) == 0 && getsockname(end, generic(address), &length) == 0, "bind");
    return end;
}

static uint64_t udp_latency(unsigned operations)
{
    struct sockaddr_in here, there;
    int ends[2] = { bound(SOCK_DGRAM, &here), bound(SOCK_DGRAM, &there) };
    must(connect(ends[0], generic(&there), sizeof there) == 0 && connect(ends[1], generic(&here), sizeof here) == 0, "connect");
    return over(ends, operations);
}

static int connected(struct sockaddr_in *address)
{
    int end = socket(AF_INET, SOCK_STREAM, 0);
    must(end >= 0 && connect(end, generic(address), sizeof *address) == 0, "connect");
    return end;
}

static uint64_t tcp_latency(unsigned operations)
{
    struct sockaddr_in address;
    int one = 1, listener = bound(SOCK_STREAM, &address), ends[2];
    must(listen(listener, 1) == 0, "listen");
    ends[0] = connected(&address);
    ends[1] = accept(listener, NULL, NULL);
    must(ends[1] >= 0, "accept");
    for (int i = 0; i < 2; i++)
        setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    close(listener);
    return over(ends, operations);
}

/* Who accepts sends a byte and closes first, so that the ports in their last wait are his, which is one. */
static pid_t greeter(int listener)
{
    char byte = 1;
    int end;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child != 0)
        return child;
    while ((end = accept(listener, NULL, NULL)) >= 0 && write(end, &byte, 1) == 1)
        close(end);
    _exit(1);
}

static uint64_t tcp_connect(unsigned operations)
{
    struct sockaddr_in address;
    uint64_t greetings = 0;
    char byte;
    int listener = bound(SOCK_STREAM, &address);
    must(listen(listener, 8) == 0, "listen");
    pid_t child = greeter(listener);
    start();
    for (unsigned i = 0; i < operations; i++) {
        int end = connected(&address);
        while (read(end, &byte, 1) == 1)
            greetings += (uint64_t)byte;
        close(end);
    }
    stop();
    end(child);
    close(listener);
    return greetings;
}

const struct row local[] = {
    { "pipe-latency", 10, pipe_latency },
    { "unix-latency", 10, unix_latency },
    { "udp-latency", 9, udp_latency },
    { "tcp-latency", 9, tcp_latency },
    { "tcp-connect", 9, tcp_connect },
    { NULL, 0, NULL },
};
