/* What the kernel's nodes in /dev/xen and files in /proc/xen and /sys/hypervisor do, looked at from a program. The header files are Xen's. */
#ifndef XEN_H
#define XEN_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/version.h>

#include <linux/types.h>
#define __user
#include <xen/sys/evtchn.h>
#include <xen/sys/gntalloc.h>
#include <xen/sys/gntdev.h>
#include <xen/sys/privcmd.h>
#include <xen/sys/xenbus_dev.h>

enum { PAGE = 4096, SELF = 0 };

/* The words in a page that another domain looks for. */
#define MARK "a page of this domain's, to be found"
#define REPLY "seen by the initial domain"

void check_files(void);
void check_events(void);
void check_grants(void);
void check_calls(void);
void check_frames(int domain);
void check_refusals(int domain);
void check_backend(void);
void offer(void);
void take(int domain, int port, int first, int second, int readable);

/* One line for what is not as it should be, one for all the rest. */
void expect(int right, const char *text);
void part(const char *name);
int failures(void);

/* What a call of the system must say: success, or one error. */
void expect_success(long result, const char *text);
void expect_error(long result, int number, const char *text);

int open_node(const char *path);
void *pages(void);
long hypercall(int privcmd, int number, long a, long b, long c, long d);

int event_port(int node, unsigned long request, void *argument);
int bound_port(int node, unsigned domain, unsigned remote);
int next_event(int node);
int grant(int node, int domain, int flags, int count, uint64_t *index, uint32_t *references);
void *grant_mapping(int node, int domain, int count, const uint32_t *references, int protection, uint64_t *index);

#endif
