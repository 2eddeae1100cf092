# shellcheck shell=sh
# The drivers of /dev/xen and what can be done with them; sourced by /checks.sh.

load_drivers() {
    [ ! -e /dev/xen/evtchn ] || return 0
    for driver in xen-privcmd xen-evtchn xen-gntalloc xen-gntdev xenfs; do
        insmod /drivers/$driver.ko* || return 1
    done
    mount -t xenfs xenfs /proc/xen
}

check_devices() { load_drivers && xen-devices own; }
check_refused() { load_drivers && xen-devices refused 0; }
check_offer() { xen-devices offer; }
