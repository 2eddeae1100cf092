/* The rows of out/bench/servers.initramfs, and what its servers have in common. */
#define _GNU_SOURCE
#include "servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 1000

const struct row *const tables[] = { databases, webs, NULL };

static struct {
    pid_t process;
    int farewell;
} server;

int connection_to(unsigned short port)
{
    const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    for (int i = 0; i < PATIENCE; i++) {
        int end = socket(AF_INET, SOCK_STREAM, 0);
        must(end >= 0, "socket");
        if (connect(end, (const struct sockaddr *)(const void *)&address, sizeof address) == 0)
            return end;
        close(end);
        usleep(10000);
    }
    must(false, "nothing listens");
    return -1;
}

static void dismiss(void)
{
    kill(server.process, server.farewell);
    waitpid(server.process, NULL, 0);
}

void serve(char *const arguments[], uid_t user, int farewell)
{
    server.process = launch(arguments, "/tmp/server.output", user);
    server.farewell = farewell;
    atexit(dismiss);
}
