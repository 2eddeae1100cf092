/* Debian's nginx, and a client that asks for a page of 4 KiB a fixed number of times and looks at all of it. An operation is one request. */
#include "servers.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT 8080
#define CONNECTIONS 8
#define LARGEST 16384

static void prepare(void)
{
    static char *const nginx[] = { "/usr/sbin/nginx", "-e", "/tmp/nginx.errors", "-c", "/srv/nginx.conf", NULL };
    static bool serves;
    if (serves)
        return;
    loopback_up();
    serve(nginx, 0, SIGQUIT);
    close(connection_to(PORT));
    serves = true;
}

static void ask(int end, const char *request)
{
    size_t length = strlen(request);
    must(write(end, request, length) == (ssize_t)length, "a request");
}

/* Reads one answer; the checksum of its body, which must be as long as the header says. */
static uint64_t answer(int end)
{
    static char text[LARGEST];
    size_t length = 0, whole = LARGEST;
    const char *body = NULL;
    while (length < whole) {
        ssize_t more = read(end, text + length, LARGEST - 1 - length);
        must(more > 0, "an answer");
        length += (size_t)more;
        text[length] = '\0';
        if (body == NULL && (body = strstr(text, "\r\n\r\n")) != NULL) {
            const char *size = strstr(text, "Content-Length: ");
            must(strncmp(text, "HTTP/1.1 200 ", 13) == 0 && size != NULL, "the header of an answer");
            body += 4;
            whole = (size_t)(body - text) + strtoul(size + 16, NULL, 10);
        }
    }
    must(length == whole, "the length of an answer");
    uint64_t check = whole - (size_t)(body - text);
    for (; body < text + whole; body++)
        check = (check ^ (unsigned char)*body) * 0x100000001b3u;
    return check;
}

/* Eight connections that stay; each round asks on all of them before it looks at the answers. */
static uint64_t kept(unsigned requests)
{
    static const char get[] = "GET /page.html HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n\r\n";
    int ends[CONNECTIONS];
    uint64_t check = 0;
    prepare();
    for (int i = 0; i < CONNECTIONS; i++)
        ends[i] = connection_to(PORT);
    start();
    for (unsigned round = 0; round < requests / CONNECTIONS; round++) {
        for (int i = 0; i < CONNECTIONS; i++)
            ask(ends[i], get);
        for (int i = 0; i < CONNECTIONS; i++)
            check = mix(check, answer(ends[i]));
    }
    stop();
    for (int i = 0; i < CONNECTIONS; i++)
        close(ends[i]);
    return check;
}

static uint64_t connected(unsigned requests)
{
    static const char get[] = "GET /page.html HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nConnection: close\r\n\r\n";
    uint64_t check = 0;
    char rest;
    prepare();
    start();
    for (unsigned i = 0; i < requests; i++) {
        int end = connection_to(PORT);
        ask(end, get);
        check = mix(check, answer(end));
        must(read(end, &rest, 1) == 0, "the end of a connection");
        close(end);
    }
    stop();
    return check;
}

const struct row webs[] = {
    { "web-kept", 9, kept },
    { "web-connect", 8, connected },
    { NULL, 0, NULL },
};
