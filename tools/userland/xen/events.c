/* /dev/xen/evtchn. */
#include "xen.h"

/* Whoever binds to a port looks once, in case that something was sent before. */
int bound_port(int node, unsigned domain, unsigned remote)
{
    struct ioctl_evtchn_bind_interdomain bind = { .remote_domain = domain, .remote_port = remote };
    int port = event_port(node, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);

    expect(next_event(node) == port, "a bound port has an event at once");
    expect(write(node, &port, sizeof port) == sizeof port, "it is opened for the next");
    return port;
}

int event_port(int node, unsigned long request, void *argument)
{
    int port = ioctl(node, request, argument);

    expect(port > 0, "a port is given");
    return port;
}

static int bind_pair(int node, int *other)
{
    struct ioctl_evtchn_bind_unbound_port open = { .remote_domain = SELF };

    *other = event_port(node, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &open);
    return bound_port(node, SELF, (unsigned)*other);
}

static void check_delivery(int node)
{
    int other, port = bind_pair(node, &other);
    struct ioctl_evtchn_notify to_other = { .port = (unsigned)port }, back = { .port = (unsigned)other };
    struct ioctl_evtchn_unbind gone = { .port = (unsigned)port };
    uint32_t seen = (uint32_t)other;

    expect_success(ioctl(node, IOCTL_EVTCHN_NOTIFY, &to_other), "an event is sent");
    expect(next_event(node) == other, "it comes by the other end's port");
    expect_success(ioctl(node, IOCTL_EVTCHN_NOTIFY, &back), "an event is sent back");
    expect(next_event(node) == port, "it comes by this end's");
    expect(write(node, &seen, sizeof seen) == sizeof seen, "a port is opened for the next event");
    expect_success(ioctl(node, IOCTL_EVTCHN_NOTIFY, &to_other), "a second event is sent");
    expect(next_event(node) == other, "it comes too");
    expect_success(ioctl(node, IOCTL_EVTCHN_RESET, NULL), "the ring is emptied");
    expect_success(ioctl(node, IOCTL_EVTCHN_UNBIND, &gone), "one end is given back");
    expect_error(ioctl(node, IOCTL_EVTCHN_UNBIND, &gone), ENOTCONN, "it cannot be given back twice");
    expect_error(ioctl(node, IOCTL_EVTCHN_NOTIFY, &to_other), ENOTCONN, "nor sent by");
}

static void check_virtual_interrupt(void)
{
    struct ioctl_evtchn_bind_virq domain_events = { .virq = VIRQ_DOM_EXC }, none = { .virq = NR_VIRQS };
    int node = open_node("/dev/xen/evtchn"), again = open_node("/dev/xen/evtchn");

    event_port(node, IOCTL_EVTCHN_BIND_VIRQ, &domain_events);
    expect_error(ioctl(again, IOCTL_EVTCHN_BIND_VIRQ, &domain_events), EEXIST, "a virtual interrupt has one port");
    close(node);
    event_port(again, IOCTL_EVTCHN_BIND_VIRQ, &domain_events);
    expect_error(ioctl(again, IOCTL_EVTCHN_BIND_VIRQ, &none), EINVAL, "a virtual interrupt that there is not");
    close(again);
}

static void check_restriction(void)
{
    struct ioctl_evtchn_restrict_domid to = { .domid = 1 };
    struct ioctl_evtchn_bind_virq domain_events = { .virq = VIRQ_DOM_EXC };
    struct ioctl_evtchn_bind_unbound_port open = { .remote_domain = SELF };
    int node = open_node("/dev/xen/evtchn");

    expect_success(ioctl(node, IOCTL_EVTCHN_RESTRICT_DOMID, &to), "a node is kept to one domain");
    expect_error(ioctl(node, IOCTL_EVTCHN_BIND_VIRQ, &domain_events), EACCES, "it binds no virtual interrupt");
    expect_error(ioctl(node, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &open), EACCES, "it opens no port to another domain");
    close(node);
}

void check_events(void)
{
    struct ioctl_evtchn_bind_interdomain none = { .remote_domain = SELF, .remote_port = 100000 };
    struct ioctl_evtchn_bind_unbound_port nobody = { .remote_domain = 0x7ff1 };
    int node, left = 0, i;

    part("evtchn");
    node = open_node("/dev/xen/evtchn");
    check_delivery(node);
    expect_error(ioctl(node, IOCTL_EVTCHN_BIND_INTERDOMAIN, &none), EINVAL, "a port beyond the last");
    none.remote_domain = 0x7ff1;
    expect_error(ioctl(node, IOCTL_EVTCHN_BIND_INTERDOMAIN, &none), ESRCH, "a domain that cannot be");
    expect_success(ioctl(node, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &nobody), "a port for a domain that is not yet");
    close(node);
    check_virtual_interrupt();
    check_restriction();
    /* What a node held is given back when it is closed. */
    for (i = 0; i < 200; i++) {
        int descriptor = open("/dev/xen/evtchn", O_RDWR);
        struct ioctl_evtchn_bind_unbound_port open_port = { .remote_domain = SELF };
        int port = ioctl(descriptor, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &open_port);

        if (i == 0)
            left = port;
        else if (port != left)
            break;
        close(descriptor);
    }
    expect(i == 200, "a closed node's port is free again");
}
