/* Grants and events between two domains, each end through its own kernel's nodes. */
#include "xen.h"

enum { WRITTEN = 100, ENDING = 200 };

/* What goes wrong here is seen by whoever waits for the line that does not come. */
void offer(void)
{
    int allocator, events, port;
    uint64_t index, read_index;
    uint32_t references[2], readable;
    struct ioctl_evtchn_bind_unbound_port open = { .remote_domain = SELF };
    char *granted, *marked = pages();

    part("offer");
    strcpy(marked, MARK);
    allocator = open_node("/dev/xen/gntalloc");
    events = open_node("/dev/xen/evtchn");
    expect_success(grant(allocator, SELF, GNTALLOC_FLAG_WRITABLE, 2, &index, references), "two pages are granted");
    expect_success(grant(allocator, SELF, 0, 1, &read_index, &readable), "one is granted for reading");
    granted = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, allocator, (off_t)index);
    port = event_port(events, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &open);
    strcpy(granted, "first");
    strcpy(granted + PAGE, "second");
    granted[ENDING] = 'x';
    printf("DEVICES OFFER %d %u %u %u\n", port, references[0], references[1], readable);

    expect(next_event(events) == port, "the other domain sends an event");
    expect(strcmp(granted + WRITTEN, "written by the other") == 0, "it has written in the page");
    expect(strcmp(granted + PAGE + WRITTEN, "copied by the other") == 0, "and copied into the second");
    port = (int)write(events, &(uint32_t){ (uint32_t)port }, 4);
    expect(next_event(events) > 0, "the end of its program is told");
    expect(granted[ENDING] == 0, "and a byte cleared");
    expect(strcmp(marked + 64, REPLY) == 0, "it has found and answered in a page that was never granted");
}

void take(int domain, int port, int first, int second, int readable)
{
    int node, events;
    uint64_t index, read_index;
    uint32_t references[2] = { (uint32_t)first, (uint32_t)second }, reading = (uint32_t)readable;
    struct ioctl_evtchn_notify notify;
    struct ioctl_gntdev_unmap_notify notice = { .action = UNMAP_NOTIFY_CLEAR_BYTE | UNMAP_NOTIFY_SEND_EVENT };
    char text[32] = "copied by the other", *mapped, *read_only;
    struct ioctl_gntdev_grant_copy_segment segment = { .len = sizeof text, .flags = GNTCOPY_dest_gref };
    struct ioctl_gntdev_grant_copy copy = { .count = 1, .segments = &segment };

    part("take");
    node = open_node("/dev/xen/gntdev");
    events = open_node("/dev/xen/evtchn");
    notify.port = (unsigned)bound_port(events, (unsigned)domain, (unsigned)port);
    mapped = grant_mapping(node, domain, 2, references, PROT_READ | PROT_WRITE, &index);
    expect(mapped != MAP_FAILED, "two pages of the other's are mapped");
    read_only = grant_mapping(node, domain, 1, &reading, PROT_READ, &read_index);
    expect(read_only != MAP_FAILED, "one is mapped for reading");
    if (mapped == MAP_FAILED || read_only == MAP_FAILED)
        return;
    expect(strcmp(mapped, "first") == 0 && strcmp(mapped + PAGE, "second") == 0, "they hold what the other wrote");
    expect(grant_mapping(node, domain, 1, &reading, PROT_READ | PROT_WRITE, &read_index) == MAP_FAILED, "what is granted for reading is not written");
    strcpy(mapped + WRITTEN, "written by the other");
    segment.source.virt = text;
    segment.dest.foreign.ref = references[1];
    segment.dest.foreign.offset = WRITTEN;
    segment.dest.foreign.domid = (domid_t)domain;
    expect_success(ioctl(node, IOCTL_GNTDEV_GRANT_COPY, &copy), "a copy into the second page");
    expect(segment.status == GNTST_okay, "it is done");
    notice.index = index + ENDING;
    notice.event_channel_port = notify.port;
    expect_success(ioctl(node, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &notice), "a notice at the end is asked for");
    expect_success(ioctl(events, IOCTL_EVTCHN_NOTIFY, &notify), "an event is sent");
    /* The end of this program is what is tested now: nothing is unmapped or closed by hand. */
    sleep(1);
}
