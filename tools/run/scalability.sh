# shellcheck shell=bash
# Figure 6 of the paper of 2003: what 1 to 128 domains that compute get done together, compared with one, at slices of 5 ms and of 50 ms. The guest is
# C# on GuestKit (bench/domains/Worker), the same image on both. All are there from the beginning; the first 2^k work in window k, the others sleep.

experiment_scalability() {
    local slice windows=8 memory=3G count
    is_quick && windows=4
    count=$((1 << (windows - 1)))
    prepare_domains
    points scalability
    for slice in 5 50; do
        is_quick && [ "$slice" = 50 ] && continue
        on_serai "scalability-$slice-serai" 2G "sched_ratelimit_us=${slice}000" \
            "bench-worker.elf domain=w memory=8M copies=$count -- from=3000 windows=$windows slice=$slice" "$count" 'PASS worker'
        compared_with_one "$slice" serai
        is_quick && continue
        scalability_on_xen "$slice"
        compared_with_one "$slice" xen
    done
}

# Creation takes the longer the more there are; until the first window nobody works, and time in which nobody works costs nothing.
scalability_on_xen() {
    on_xen "scalability-$1-xen" "$memory" "sched=credit sched_credit_tslice_ms=$1" "$out/bench-worker.elf" << END
number=1
while [ \$number -le $count ]; do
    create w\$number bench-worker.elf none 8 "from=60000 windows=$windows slice=$1 copy=\$number"
    number=\$((number + 1))
done
rest_until 100
wait_for $count 'PASS worker' 60
show
END
}

compared_with_one() {
    local workers amount one='' rows
    rows=$(work_of "scalability-$1-$2") || fail "the workers' sums differ, or one did nothing; see $domains/scalability-$1-$2.console"
    while read -r workers amount; do
        one=${one:-$amount}
        point "slices of $1 ms" "$2" "$workers" "$(awk "BEGIN {printf \"%.4f\", $amount / $one}")" "of one domain's work"
    done <<< "$rows"
}
