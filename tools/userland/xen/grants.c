/* /dev/xen/gntalloc and /dev/xen/gntdev, of one domain with itself. */
#include "xen.h"

enum { WRITABLE = GNTALLOC_FLAG_WRITABLE };

int grant(int node, int domain, int flags, int count, uint64_t *index, uint32_t *references)
{
    struct ioctl_gntalloc_alloc_gref *request = calloc(1, sizeof *request + (size_t)count * sizeof(uint32_t));
    int result;

    request->domid = (uint16_t)domain;
    request->flags = (uint16_t)flags;
    request->count = (uint32_t)count;
    result = ioctl(node, IOCTL_GNTALLOC_ALLOC_GREF, request);
    *index = request->index;
    memcpy(references, request->gref_ids, (size_t)count * sizeof *references);
    free(request);
    return result;
}

void *grant_mapping(int node, int domain, int count, const uint32_t *references, int protection, uint64_t *index)
{
    struct ioctl_gntdev_map_grant_ref *request = calloc(1, sizeof *request + (size_t)count * sizeof(struct ioctl_gntdev_grant_ref));
    int i;

    request->count = (uint32_t)count;
    for (i = 0; i < count; i++)
        request->refs[i] = (struct ioctl_gntdev_grant_ref){ .domid = (uint32_t)domain, .ref = references[i] };
    expect_success(ioctl(node, IOCTL_GNTDEV_MAP_GRANT_REF, request), "a place for mapped grants");
    *index = request->index;
    free(request);
    return mmap(NULL, (size_t)count * PAGE, protection, MAP_SHARED, node, (off_t)*index);
}

static void check_copy(int node, uint32_t reference, char *granted)
{
    char text[64] = "copied by the hypervisor", back[64] = "";
    struct ioctl_gntdev_grant_copy_segment segment = { .len = sizeof text, .flags = GNTCOPY_dest_gref };
    struct ioctl_gntdev_grant_copy copy = { .count = 1, .segments = &segment };

    segment.source.virt = text;
    segment.dest.foreign.ref = reference;
    segment.dest.foreign.offset = 128;
    segment.dest.foreign.domid = SELF;
    expect_success(ioctl(node, IOCTL_GNTDEV_GRANT_COPY, &copy), "a copy into a granted page");
    expect(segment.status == GNTST_okay && memcmp(granted + 128, text, sizeof text) == 0, "it is there");

    segment = (struct ioctl_gntdev_grant_copy_segment){ .len = sizeof back, .flags = GNTCOPY_source_gref };
    segment.source.foreign.ref = reference;
    segment.source.foreign.offset = 128;
    segment.source.foreign.domid = SELF;
    segment.dest.virt = back;
    expect_success(ioctl(node, IOCTL_GNTDEV_GRANT_COPY, &copy), "a copy out of it");
    expect(segment.status == GNTST_okay && memcmp(back, text, sizeof text) == 0, "it is the same");

    segment.source.foreign.ref = 0x7fffffff;
    segment.status = 0;
    expect_success(ioctl(node, IOCTL_GNTDEV_GRANT_COPY, &copy), "a copy by a reference that there is not is made");
    expect(segment.status == GNTST_bad_gntref, "it says that the reference is bad");
}

/* When a mapping goes, a byte of it is cleared and an event sent. */
static void check_notice(int node, char *mapped, const char *granted, uint64_t index)
{
    struct ioctl_gntdev_unmap_grant_ref unmap = { .index = index, .count = 2 };
    int events = open_node("/dev/xen/evtchn"), other;
    struct ioctl_evtchn_bind_unbound_port open = { .remote_domain = SELF };
    struct ioctl_gntdev_unmap_notify notice = { .index = index + 300, .action = UNMAP_NOTIFY_CLEAR_BYTE | UNMAP_NOTIFY_SEND_EVENT };

    other = event_port(events, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &open);
    notice.event_channel_port = (unsigned)bound_port(events, SELF, (unsigned)other);
    mapped[300] = 'x';
    expect_success(ioctl(node, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &notice), "a notice at the end is asked for");
    munmap(mapped, 2 * PAGE);
    expect_success(ioctl(node, IOCTL_GNTDEV_UNMAP_GRANT_REF, &unmap), "the place is given back");
    expect_error(ioctl(node, IOCTL_GNTDEV_UNMAP_GRANT_REF, &unmap), ENOENT, "it cannot be given back twice");
    expect(next_event(events) == other, "the notice comes by the event channel");
    expect(granted[300] == 0, "the byte is cleared");
    close(events);
}

static void check_mapping(const uint32_t *references, char *granted)
{
    int node = open_node("/dev/xen/gntdev");
    uint64_t index, gone;
    char *mapped = grant_mapping(node, SELF, 2, references, PROT_READ | PROT_WRITE, &index);
    struct ioctl_gntdev_get_offset_for_vaddr where = { .vaddr = (uintptr_t)mapped };
    uint32_t none = 0x7fffffff;

    expect(mapped != MAP_FAILED, "two granted pages are mapped");
    if (mapped == MAP_FAILED)
        return;
    expect(mapped[0] == 'a' && mapped[PAGE] == 'b', "they hold what was written");
    mapped[1] = 'A';
    expect(granted[1] == 'A', "what is written in them is seen");
    expect_success(ioctl(node, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, &where), "the place of a mapping");
    expect(where.offset == index && where.count == 2, "it is the one that was given");
    check_copy(node, references[0], granted);
    check_notice(node, mapped, granted, index);
    expect(grant_mapping(node, SELF, 1, &none, PROT_READ, &gone) == MAP_FAILED, "a reference that there is not is not mapped");
    close(node);
}

static void check_read_only(int allocator)
{
    int node = open_node("/dev/xen/gntdev");
    uint64_t given, index;
    uint32_t reference;
    char *mapped;

    expect_success(grant(allocator, SELF, 0, 1, &given, &reference), "a page is granted for reading");
    expect(grant_mapping(node, SELF, 1, &reference, PROT_READ | PROT_WRITE, &index) == MAP_FAILED, "it cannot be mapped for writing");
    close(node);
    node = open_node("/dev/xen/gntdev");
    mapped = grant_mapping(node, SELF, 1, &reference, PROT_READ, &index);
    expect(mapped != MAP_FAILED && mapped[0] == 0, "it can be mapped for reading");
    close(node);
    if (mapped != MAP_FAILED)
        munmap(mapped, PAGE);
}

void check_grants(void)
{
    int allocator;
    uint64_t index;
    uint32_t references[2] = { 0 };
    struct ioctl_gntalloc_dealloc_gref back = { .count = 2 };
    struct ioctl_gntalloc_unmap_notify notice = { .action = UNMAP_NOTIFY_CLEAR_BYTE };
    char *granted;

    part("gntalloc and gntdev");
    allocator = open_node("/dev/xen/gntalloc");
    expect_success(grant(allocator, SELF, WRITABLE, 2, &index, references), "two pages are granted");
    granted = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, allocator, (off_t)index);
    expect(granted != MAP_FAILED, "they are mapped where they are granted");
    if (granted == MAP_FAILED)
        return;
    notice.index = index + 17;
    expect_success(ioctl(allocator, IOCTL_GNTALLOC_SET_UNMAP_NOTIFY, &notice), "a notice at their end is asked for");
    granted[0] = 'a';
    granted[PAGE] = 'b';
    check_mapping(references, granted);
    check_read_only(allocator);
    munmap(granted, 2 * PAGE);
    back.index = index;
    expect_success(ioctl(allocator, IOCTL_GNTALLOC_DEALLOC_GREF, &back), "the grants are taken back");
    expect_error(ioctl(allocator, IOCTL_GNTALLOC_DEALLOC_GREF, &back), EINVAL, "they cannot be taken back twice");
    close(allocator);
}
