/*
 * xen-devices own             what a domain that owns the machine can do alone
 * xen-devices frames DOMAIN   finds a page of that domain's and answers in it
 * xen-devices refused DOMAIN  what a domain without rights over that one must not be given
 * xen-devices offer           grants pages and a port to domain 0, tells which, and waits for what 'take' does with them
 * xen-devices take DOMAIN PORT REFERENCE REFERENCE READABLE
 */
#include "xen.h"

#include <poll.h>

static const char *current = "";
static int checks, failed, all_failed;

static void finish_part(void)
{
    if (*current)
        printf("DEVICES %s: %d checks, %d failed\n", current, checks, failed);
    all_failed += failed;
    checks = failed = 0;
}

void part(const char *name)
{
    finish_part();
    current = name;
}

int failures(void)
{
    finish_part();
    current = "";
    return all_failed;
}

void expect(int right, const char *text)
{
    checks++;
    if (right)
        return;
    failed++;
    printf("  %s: not so: %s (last error: %s)\n", current, text, strerror(errno));
}

void expect_success(long result, const char *text)
{
    checks++;
    if (result != -1)
        return;
    failed++;
    printf("  %s: %s: %s\n", current, text, strerror(errno));
}

void expect_error(long result, int number, const char *text)
{
    int error = errno;

    checks++;
    if (result == -1 && error == number)
        return;
    failed++;
    printf("  %s: %s: result %ld, %s; expected %s\n", current, text, result, result == -1 ? strerror(error) : "no error", strerror(number));
}

int open_node(const char *path)
{
    int node = open(path, O_RDWR | O_CLOEXEC);

    expect_success(node, path);
    return node;
}

/* Milliseconds: longer than any machine that works takes. */
enum { PATIENCE = 600000 };

/* Two pages, locked and touched, as hypercalls need them. */
void *pages(void)
{
    static void *both;

    if (!both)
        both = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
    memset(both, 0, 2 * PAGE);
    return both;
}

int next_event(int node)
{
    struct pollfd wait = { .fd = node, .events = POLLIN };
    uint32_t port = 0;

    if (poll(&wait, 1, PATIENCE) != 1 || read(node, &port, sizeof port) != sizeof port)
        return -1;
    return (int)port;
}

int main(int count, char **words)
{
    const char *verb = count > 1 ? words[1] : "";
    int numbers[5] = { 0 }, i;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (i = 2; i < count && i < 7; i++)
        numbers[i - 2] = atoi(words[i]);
    if (strcmp(verb, "own") == 0) {
        check_files();
        check_calls();
        check_events();
        check_grants();
        check_backend();
    } else if (strcmp(verb, "frames") == 0 && count == 3) {
        check_frames(numbers[0]);
    } else if (strcmp(verb, "refused") == 0 && count == 3) {
        check_refusals(numbers[0]);
    } else if (strcmp(verb, "offer") == 0) {
        offer();
    } else if (strcmp(verb, "take") == 0 && count == 7) {
        take(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    } else {
        fprintf(stderr, "usage: xen-devices own|frames DOMAIN|refused DOMAIN|offer|take DOMAIN PORT REFERENCE REFERENCE READABLE\n");
        return 2;
    }
    i = failures();
    printf("DEVICES of '%s' DONE (%d failed)\n", verb, i);
    return i != 0;
}
