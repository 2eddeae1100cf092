# shellcheck shell=bash
# Figure 4 of the paper of 2003: 1 to 16 stock Debian guests with the same mix of work (bench/domains/guest), and as many groups of processes on
# native Linux: how many units of it they do together in a second. All are there from the beginning; the first 2^k work in window k.

experiment_concurrency() {
    local windows=5 count words
    is_quick && windows=2
    count=$((1 << (windows - 1)))
    prepare_domains
    points concurrency
    on_native concurrency-native 3G "rdinit=/init role=work groups=$count from=5000 windows=$windows"
    units_together native
    words="console=hvc0 quiet rdinit=/init role=work"
    on_serai concurrency-serai 3G '' "guests/vmlinuz-cloud domain=w memory=96M copies=$count ramdisk -- \
$words windows=$windows from=$((8000 + 4000 * count)),bench/guest.initramfs" "$count" 'PASS worker'
    units_together serai
    is_quick && return
    concurrency_on_xen
    units_together xen
}

# In an initial domain of 512 MiB the thirteenth `xl create` lost the connection to xenstored; in one of 1 GiB all sixteen are created.
concurrency_on_xen() {
    on_xen concurrency-xen 3G 'dom0_mem=1024M,max:1024M' "$guests/vmlinuz-cloud" "$bench/guest.initramfs" << END
number=1
while [ \$number -le $count ]; do
    create w\$number vmlinuz-cloud guest.initramfs 96 "$words windows=$windows from=$((20000 + 4000 * count)) copy=\$number"
    number=\$((number + 1))
done
rest_until $((22 + 4 * count + 3 * windows))
wait_for $count 'PASS worker' 60
show
END
}

units_together() {
    local workers amount rows
    rows=$(work_of "concurrency-$1") || fail "the guests' sums differ, or one did nothing; see $domains/concurrency-$1.console"
    while read -r workers amount; do
        point "units of work a second, together" "$1" "$workers" "$amount" "units/s"
    done <<< "$rows"
}
