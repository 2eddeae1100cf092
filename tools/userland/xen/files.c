/* /sys/hypervisor and /proc/xen, compared with what hypercalls say. */
#include "xen.h"

static char *contents(const char *path)
{
    static char text[PAGE];
    int file = open(path, O_RDONLY);
    ssize_t length = -1;

    memset(text, 0, sizeof text);
    if (file >= 0) {
        length = read(file, text, sizeof text - 1);
        close(file);
    }
    expect(length >= 0, path);
    return text;
}

static void same(const char *path, const char *value)
{
    char line[PAGE];

    snprintf(line, sizeof line, "%s\n", value);
    expect(strcmp(contents(path), line) == 0, path);
}

static long version_by(int privcmd)
{
    return hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_version, 0, 0, 0);
}

static void check_version(int privcmd)
{
    char number[32];
    char *page = pages();
    long version = version_by(privcmd);

    same("/sys/hypervisor/type", "xen");
    same("/sys/hypervisor/guest_type", "PV");
    snprintf(number, sizeof number, "%ld", version >> 16);
    same("/sys/hypervisor/version/major", number);
    snprintf(number, sizeof number, "%ld", version & 0xffff);
    same("/sys/hypervisor/version/minor", number);
    expect_success(hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_extraversion, (long)page, 0, 0), "extraversion");
    same("/sys/hypervisor/version/extra", page);
    expect_success(hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_capabilities, (long)page, 0, 0), "capabilities");
    same("/sys/hypervisor/properties/capabilities", page);
    expect(strstr(page, "xen-3.0-x86_64") != NULL, "a paravirtual guest of 64 bits can be run");
    expect_success(hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_changeset, (long)page, 0, 0), "changeset");
    same("/sys/hypervisor/properties/changeset", page);
    snprintf(number, sizeof number, "%lx", hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_pagesize, 0, 0, 0));
    same("/sys/hypervisor/properties/pagesize", number);
}

static void check_compilation(int privcmd)
{
    struct xen_compile_info *info = pages();

    expect_success(hypercall(privcmd, __HYPERVISOR_xen_version, XENVER_compile_info, (long)info, 0, 0), "compile_info");
    same("/sys/hypervisor/compilation/compiler", info->compiler);
    expect(strstr(contents("/sys/hypervisor/compilation/compiled_by"), info->compile_by) != NULL, "compiled_by is the call's");
    same("/sys/hypervisor/compilation/compile_date", info->compile_date);
}

void check_files(void)
{
    int privcmd, node;
    void *page;

    part("files");
    privcmd = open_node("/dev/xen/privcmd");
    check_version(privcmd);
    check_compilation(privcmd);
    expect(strlen(contents("/sys/hypervisor/uuid")) == 37, "the identity is a UUID and a line's end");
    expect(strtoul(contents("/sys/hypervisor/properties/features"), NULL, 16) & 0x800, "the features name the initial domain's");
    expect(strtoul(contents("/sys/hypervisor/properties/virtual_start"), NULL, 16) == HYPERVISOR_VIRT_START, "where the hypervisor's part begins");

    expect(access("/sys/devices/system/xen_cpu/xen_cpu0", F_OK) == 0, "the machine's processors are told");
    expect(access("/dev/mcelog", F_OK) == 0, "machine checks can be asked for");

    expect(strcmp(contents("/proc/xen/capabilities"), "control_d\n") == 0, "the domain has control");
    expect(atoi(contents("/proc/xen/xsd_port")) > 0, "xenstored has a port");
    contents("/proc/xen/xensyms");
    node = open_node("/proc/xen/xsd_kva");
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, node, 0);
    expect(page != MAP_FAILED, "xenstored's page can be mapped");
    if (page != MAP_FAILED)
        munmap(page, PAGE);
    close(node);
    node = open_node("/proc/xen/privcmd");
    expect(version_by(node) == version_by(privcmd), "/proc/xen/privcmd is /dev/xen/privcmd");
    close(node);
    close(open_node("/proc/xen/xenbus"));
    close(privcmd);
}

/* The node by which a toolstack gives the store of the initial domain's to a domain of its own: here it only tells what it has. */
void check_backend(void)
{
    int node;
    void *page;

    part("xenbus_backend");
    node = open_node("/dev/xen/xenbus_backend");
    expect(ioctl(node, IOCTL_XENBUS_BACKEND_EVTCHN, 0) == atoi(contents("/proc/xen/xsd_port")), "its port is the one that /proc/xen tells");
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, node, 0);
    expect(page != MAP_FAILED, "the store's page can be mapped");
    if (page != MAP_FAILED)
        munmap(page, PAGE);
    expect_error(ioctl(node, 99, 0), ENOTTY, "a request that there is not");
    close(node);
}
