/* Frames of other domains through /dev/xen/privcmd: given by right, refused without. */
#include "xen.h"

enum { BATCH = 512 };

/* Maps a run of frames by MMAPBATCH_V2, each with its own error. */
static void *map_frames(int privcmd, int domain, uint64_t first, int count, int protection, int *errors)
{
    static xen_pfn_t frames[BATCH];
    privcmd_mmapbatch_v2_t batch = { .num = (unsigned)count, .dom = (domid_t)domain, .arr = frames, .err = errors };
    void *place = mmap(NULL, (size_t)count * PAGE, protection, MAP_SHARED, privcmd, 0);
    int i;

    for (i = 0; i < count; i++) {
        frames[i] = first + (uint64_t)i;
        errors[i] = 0;
    }
    batch.addr = (uintptr_t)place;
    expect_success(ioctl(privcmd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch), "a batch of frames");
    return place;
}

/* The frame of the domain's with the mark, or 0. */
static uint64_t find_mark(int privcmd, int domain, uint64_t frames, uint64_t *seen)
{
    static int errors[BATCH];
    uint64_t first, found = 0;

    *seen = 0;
    for (first = 0; first + BATCH <= frames && !found; first += BATCH) {
        char *place = map_frames(privcmd, domain, first, BATCH, PROT_READ, errors);

        for (int i = 0; i < BATCH; i++)
            if (errors[i] == 0) {
                (*seen)++;
                if (memcmp(place + i * PAGE, MARK, sizeof MARK) == 0)
                    found = first + (uint64_t)i;
            }
        munmap(place, BATCH * PAGE);
    }
    return found;
}

/* The two older forms of the request: one marks what fails in the array, one takes runs. */
static void check_older_forms(int privcmd, int domain, uint64_t frame)
{
    xen_pfn_t frames[2] = { frame, 0xfffffffffUL };
    char *place = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, privcmd, 0);
    privcmd_mmapbatch_t batch = { .num = 2, .dom = (domid_t)domain, .addr = (uintptr_t)place, .arr = frames };
    privcmd_mmap_entry_t run = { .mfn = frame, .npages = 1 };
    privcmd_mmap_t runs = { .num = 1, .dom = (domid_t)domain, .entry = &run };

    expect_success(ioctl(privcmd, IOCTL_PRIVCMD_MMAPBATCH, &batch), "a batch of the older form");
    expect(frames[0] == frame && frames[1] >> 60 == 0 && (frames[1] & PRIVCMD_MMAPBATCH_MFN_ERROR) == PRIVCMD_MMAPBATCH_MFN_ERROR,
        "it marks the frame that there is not");
    expect(memcmp(place, MARK, sizeof MARK) == 0, "and maps the other");
    munmap(place, 2 * PAGE);

    place = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, privcmd, 0);
    run.va = (uintptr_t)place;
    expect_success(ioctl(privcmd, IOCTL_PRIVCMD_MMAP, &runs), "a run of frames");
    expect(memcmp(place, MARK, sizeof MARK) == 0, "it is the same page");
    munmap(place, PAGE);
}

/* The other domain has granted pages to this one: its table says so. */
static void check_table(int privcmd, int domain)
{
    privcmd_mmap_resource_t size = { .dom = (domid_t)domain, .type = XENMEM_resource_grant_table, .id = XENMEM_resource_grant_table_id_shared };
    privcmd_mmap_resource_t first = size;
    grant_entry_v1_t *table = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, privcmd, 0);
    unsigned i, granted = 0;

    expect_success(ioctl(privcmd, IOCTL_PRIVCMD_MMAP_RESOURCE, &size), "how many frames a grant table has");
    expect(size.num > 0, "there are some");
    first.num = 1;
    first.addr = (uintptr_t)table;
    expect_success(ioctl(privcmd, IOCTL_PRIVCMD_MMAP_RESOURCE, &first), "a grant table is mapped");
    for (i = 0; i < PAGE / sizeof *table; i++)
        granted += (table[i].flags & GTF_type_mask) == GTF_permit_access && table[i].domid == SELF;
    expect(granted >= 3, "it has the other's grants");
    munmap(table, PAGE);
    size.num = 0;
    size.type = 99;
    expect_error(ioctl(privcmd, IOCTL_PRIVCMD_MMAP_RESOURCE, &size), EOPNOTSUPP, "a resource that there is not");
}

void check_frames(int domain)
{
    int privcmd, errors[1], other[1];
    long last;
    uint64_t frame, seen;
    char *place;

    part("foreign frames");
    privcmd = open_node("/dev/xen/privcmd");
    last = hypercall(privcmd, __HYPERVISOR_memory_op, XENMEM_maximum_ram_page, 0, 0, 0);
    expect(last > 0, "the machine's last frame");
    frame = find_mark(privcmd, domain, (uint64_t)last + 1, &seen);
    printf("DEVICES %lu frames of domain %d were looked through\n", (unsigned long)seen, domain);
    expect(frame != 0, "the page with the mark is found");
    if (!frame)
        return;
    check_older_forms(privcmd, domain, frame);
    check_table(privcmd, domain);
    munmap(map_frames(privcmd, domain + 1, frame, 1, PROT_READ, other), PAGE);
    expect(other[0] == -EINVAL || other[0] == -ESRCH, "it is not another domain's");
    munmap(map_frames(privcmd, domain, (uint64_t)last + 1, 1, PROT_READ, other), PAGE);
    expect(other[0] == -EPERM, "beyond the last frame there is memory of devices at most, which is not that domain's");
    place = map_frames(privcmd, domain, frame, 1, PROT_READ | PROT_WRITE, errors);
    expect(errors[0] == 0, "the page is mapped for writing");
    if (errors[0] == 0)
        strcpy(place + 64, REPLY);
    munmap(place, PAGE);
    close(privcmd);
}

/* A domain without rights gets nothing of another's: by the hypervisor's word, or by that of a kernel that lets no program ask. */
void check_refusals(int domain)
{
    xen_pfn_t frame = 0x100;
    int privcmd, error = 0;
    privcmd_mmap_entry_t run = { .mfn = frame, .npages = 1 };
    privcmd_mmap_t runs = { .num = 1, .dom = (domid_t)domain, .entry = &run };
    privcmd_mmapbatch_v2_t batch = { .num = 1, .dom = (domid_t)domain, .arr = &frame, .err = &error };
    privcmd_mmap_resource_t table = { .dom = (domid_t)domain, .type = XENMEM_resource_grant_table, .num = 1 };
    void *place;

    part("refusals");
    privcmd = open_node("/dev/xen/privcmd");
    place = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, privcmd, 0);
    run.va = batch.addr = table.addr = (uintptr_t)place;
    expect(ioctl(privcmd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch) == 0 ? error == -EPERM : errno == EPERM, "a frame of that domain's");
    expect_error(ioctl(privcmd, IOCTL_PRIVCMD_MMAP, &runs), EPERM, "a run of its frames");
    expect_error(ioctl(privcmd, IOCTL_PRIVCMD_MMAP_RESOURCE, &table), EPERM, "its grant table");
    expect_error(hypercall(privcmd, __HYPERVISOR_platform_op, (long)pages(), 0, 0, 0), EPERM, "a platform call");
    munmap(place, PAGE);
    close(privcmd);
}
