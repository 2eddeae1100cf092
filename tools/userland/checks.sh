# The guest's half of test/Boot.Tests, sourced by /init. Each check_NAME succeeds or fails; what it prints is kept in the transcript.
# Lines the other half reads:
#   TEST NAME: ok (S s) | FAILED    CLOCK SECONDS.NANOSECONDS    SELFTEST DONE (N failed)

all_checks="uname ps free dd forks shellforks threads signals memory compat preempt clock dmesg"

check_uname() {
    uname -a && [ "$(uname -s) $(uname -m)" = "Linux x86_64" ]
}

check_ps() {
    ps | head -n 5
    [ "$(ps | awk '$1 == 1 {print $3}')" = '{init}' ]
}

# Between half and all of what the domain was given must be there.
check_free() {
    free
    total=$(awk '/^MemTotal/ {print $2}' /proc/meminfo)
    [ "$total" -gt 65536 ]
}

check_dd() {
    dd if=/dev/zero of=/tmp/zeros bs=1M count=16 2>&1 | tail -n 1
    sum=$(sha256sum < /tmp/zeros)
    dd if=/dev/urandom of=/tmp/noise bs=64k count=16 2>/dev/null
    dd if=/tmp/noise of=/tmp/copy bs=4093 2>/dev/null
    cmp /tmp/noise /tmp/copy || return 1
    rm -f /tmp/zeros /tmp/noise /tmp/copy
    [ "${sum%% *}" = 080acf35a507ac9849cfcba47dc2ad83e01b75663a516279c8b9d243b719643e ]
}

check_forks() { probe forks 500; }
check_threads() { probe threads; }
check_signals() { probe signals; }
check_memory() { probe memory; }

# Each turn is a fork and an exec of busybox, the way a shell script lives.
check_shellforks() {
    n=0
    while [ $n -lt 50 ]; do
        /bin/busybox true || return 1
        n=$((n + 1))
    done
    [ "$(echo one two three | tr ' ' '\n' | sort | tail -n 1)" = two ]
}

check_compat() {
    probe32 > /tmp/compat
    cat /tmp/compat
    [ "$(grep -c works /tmp/compat)" = 2 ]
}

# A process that never sleeps must not keep another from its timer: if it did, this would not end.
check_preempt() {
    (while :; do :; done) &
    hog=$!
    before=$(cut -d. -f1 /proc/uptime)
    sleep 2
    after=$(cut -d. -f1 /proc/uptime)
    kill $hog
    wait $hog 2>/dev/null
    [ $((after - before)) -ge 1 ]
}

# Every processor but the first is taken down and brought up again, under load: four busy processes run on whatever is there.
check_hotplug() {
    last=$(($(grep -c '^processor' /proc/cpuinfo) - 1))
    [ $last -gt 0 ] || return 1
    hogs=
    for hog in 1 2 3 4; do
        (while :; do :; done) &
        hogs="$hogs $!"
    done
    failed=0
    for state in 0 1; do
        cpu=1
        while [ $cpu -le $last ]; do
            echo $state > /sys/devices/system/cpu/cpu$cpu/online || failed=1
            cpu=$((cpu + 1))
        done
        echo "processors now: $(cat /sys/devices/system/cpu/online)"
        [ "$(grep -c '^processor' /proc/cpuinfo)" -eq $((state * last + 1)) ] || failed=1
    done
    kill $hogs
    wait 2>/dev/null
    return $failed
}

check_clock() {
    probe clock 8
}

check_dmesg() {
    dmesg | grep -E 'Booting (paravirtualized )?kernel'
    dmesg | grep -q 'Booting kernel on Xen\|Booting paravirtualized kernel on Xen' || return 1
    # The advice to read a page on the web (some processors' srso) is no fault of the kernel's.
    if dmesg | grep -v 'WARNING: See https:' | grep -E '(BUG|WARNING|Oops|Call Trace|general protection|soft lockup|rcu.*stall)' ; then
        return 1
    fi
    return 0
}

balloon=/sys/devices/system/xen_memory/xen_memory0

# The kernel's own driver gives memory back, or asks for it until there is some.
balloon_by() {
    target=$(($(cat $balloon/info/current_kb) + $1))
    echo $target > $balloon/target_kb
    n=0
    while [ "$(cat $balloon/info/current_kb)" -ne $target ]; do
        n=$((n + 1))
        [ $n -lt 240 ] || return 1
        sleep 1
    done
    echo "BALLOON $((target / 1024)) MiB"
}

check_gives() { free; balloon_by -131072 && free; }

# What was got is used: it holds more than there was before.
check_takes() {
    free
    balloon_by 131072 && free && mount -o remount,size=90% /tmp || return 1
    dd if=/dev/urandom of=/tmp/much bs=1M count=120 2>/dev/null
    sum=$(sha256sum < /tmp/much)
    [ "$sum" = "$(sha256sum < /tmp/much)" ] && [ "$(wc -c < /tmp/much)" -eq 125829120 ] && rm /tmp/much
}

run_checks() {
    list=$(echo "$1" | tr ',' ' ')
    [ "$list" = all ] && list=$all_checks
    failures=0
    for check in $list; do
        start=$(cut -d. -f1 /proc/uptime)
        if "check_$check"; then
            verdict=ok
        else
            verdict=FAILED
            failures=$((failures + 1))
        fi
        echo "TEST $check: $verdict ($(($(cut -d. -f1 /proc/uptime) - start)) s)"
    done
    echo "SELFTEST DONE ($failures failed)"
}
