/* /dev/xen/privcmd and /dev/xen/hypercall: calls of a program's own. */
#include "xen.h"

#include <xen/platform.h>

long hypercall(int privcmd, int number, long a, long b, long c, long d)
{
    struct privcmd_hypercall call = { .op = (unsigned)number };

    call.arg[0] = (uint64_t)a;
    call.arg[1] = (uint64_t)b;
    call.arg[2] = (uint64_t)c;
    call.arg[3] = (uint64_t)d;
    return ioctl(privcmd, IOCTL_PRIVCMD_HYPERCALL, &call);
}

/* Arguments lie where /dev/xen/hypercall is mapped: that is what libxencall does. */
static void check_locked_buffers(int privcmd)
{
    int node = open_node("/dev/xen/hypercall");
    struct xen_memory_reservation *none;
    char *buffer = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, node, 0);

    expect(buffer != MAP_FAILED, "buffers for calls are mapped");
    if (buffer == MAP_FAILED)
        return;
    memset(buffer, 0, 2 * PAGE);
    /* An argument across the boundary of two pages. */
    expect_success(hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_extraversion, (long)buffer + PAGE - 2, 0, 0), "a call with a buffer");
    expect(buffer[PAGE - 2] == '.', "it answers in the buffer");
    none = (void *)(buffer + 64);
    none->domid = DOMID_SELF;
    expect(hypercall(privcmd, __HYPERVISOR_memory_op, XENMEM_populate_physmap, (long)none, 0, 0) == 0, "a list without entries");
    munmap(buffer, 2 * PAGE);
    close(node);
}

static void check_restriction(void)
{
    int node = open_node("/dev/xen/privcmd");
    domid_t one = 1, two = 2;
    privcmd_dm_op_t none = { .dom = 1, .num = 0 };

    expect_success(ioctl(node, IOCTL_PRIVCMD_RESTRICT, &one), "a node is kept to one domain");
    expect_success(ioctl(node, IOCTL_PRIVCMD_RESTRICT, &one), "to the same again");
    expect_error(ioctl(node, IOCTL_PRIVCMD_RESTRICT, &two), EINVAL, "but to no other");
    expect_error(hypercall(node, __HYPERVISOR_xen_version, XENVER_version, 0, 0, 0), EPERM, "it makes no calls");
    expect_success(ioctl(node, IOCTL_PRIVCMD_DM_OP, &none), "a device model's call without operations");
    none.dom = 2;
    expect_error(ioctl(node, IOCTL_PRIVCMD_DM_OP, &none), EPERM, "for its own domain only");
    close(node);
}

/* A domain's own grant table is no resource for it; see frames.c for another's. */
static void check_resource(int privcmd)
{
    privcmd_mmap_resource_t own = { .dom = SELF, .type = XENMEM_resource_grant_table, .id = XENMEM_resource_grant_table_id_shared, .num = 1 };
    void *place = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, privcmd, 0);

    own.addr = (uintptr_t)place;
    expect_error(ioctl(privcmd, IOCTL_PRIVCMD_MMAP_RESOURCE, &own), EPERM, "the domain's own grant table");
    own.dom = 0x7ff3;
    expect_error(ioctl(privcmd, IOCTL_PRIVCMD_MMAP_RESOURCE, &own), ESRCH, "the grant table of a domain that there is not");
    munmap(place, PAGE);
}

void check_calls(void)
{
    int privcmd;
    struct xen_platform_op *operation = pages();

    part("privcmd");
    privcmd = open_node("/dev/xen/privcmd");
    expect(hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_version, 0, 0, 0) >> 16 == 4, "the interface is Xen 4's");
    expect_error(hypercall(privcmd, 63, 0, 0, 0, 0), ENOSYS, "a call that there is not");
    expect_error(hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_extraversion, 16, 0, 0), EFAULT, "an address that is not mapped");
    expect_error(ioctl(privcmd, IOCTL_PRIVCMD_UNIMPLEMENTED, 0), ENOTTY, "a request that there is not");
    operation->cmd = XENPF_get_cpu_version;
    operation->interface_version = XENPF_INTERFACE_VERSION;
    expect_success(hypercall(privcmd, __HYPERVISOR_platform_op, (long)operation, 0, 0, 0), "a platform call");
    operation->interface_version++;
    expect_error(hypercall(privcmd, __HYPERVISOR_platform_op, (long)operation, 0, 0, 0), EACCES, "one of another interface");
    check_locked_buffers(privcmd);
    check_restriction();
    check_resource(privcmd);
    close(privcmd);
}
