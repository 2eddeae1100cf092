# shellcheck shell=sh
# What the experiments in Xen's initial domain are made of, sourced by its init. Guests' consoles are files of xenconsoled's.

consoles=/var/log/xen/console

# stamp: the machine's clock, in nanoseconds.
stamp() {
    /bench/guest stamp
}

# create NAME KERNEL RAMDISK MEGABYTES COMMAND_LINE [OPTION]...: a paravirtual domain; says how long `xl` took. The counter is the processor's own, as
# in the initial domain: without that Xen would emulate every reading of it on this machine.
create() {
    {
        echo "type=\"pv\""
        echo "name=\"$1\""
        echo "kernel=\"/bench/$2\""
        [ "$3" = none ] || echo "ramdisk=\"/bench/$3\""
        echo "memory=$4"
        echo "maxmem=$4"
        echo "vcpus=1"
        echo "tsc_mode=\"native\""
        echo "on_poweroff=\"preserve\""
        echo "on_crash=\"preserve\""
        echo "cmdline=\"$5\""
    } > "/tmp/$1.cfg"
    domain=$1
    shift 5
    began=$(stamp)
    if ! xl create -q -e "$@" "/tmp/$domain.cfg" > "/tmp/$domain.log" 2>&1; then
        cat "/tmp/$domain.log"
        dmesg | tail -n 20
        free -m
        echo "FAIL xl create $domain"
        return 1
    fi
    echo "CREATED $domain from $began to $(stamp)"
}

# rest_until SECONDS: by the machine's clock. While guests' work is counted nothing happens here.
rest_until() {
    rest=$(($1 - $(stamp) / 1000000000))
    [ $rest -lt 1 ] || sleep $rest
}

# wait_for COUNT TEXT SECONDS: until so many guests' consoles have a line with the text.
wait_for() {
    patience=$3
    until [ "$(cat $consoles/*.log 2>/dev/null | grep -c "$2")" -ge "$1" ]; do
        patience=$((patience - 1))
        [ $patience -gt 0 ] || { echo "FAIL only $(cat $consoles/*.log | grep -c "$2") guests said '$2'"; return 1; }
        sleep 1
    done
}

# show: what the guests have said.
show() {
    for log in "$consoles"/*.log; do
        name=${log##*/guest-}
        sed "s/^/(${name%.log}) /" "$log"
    done
}

# megabytes: what is free in the machine, and in this domain.
megabytes() {
    echo "FREE $1 machine $(xl info 2>/dev/null | sed -n 's/^free_memory *: //p') MiB, initial domain $(sed -n 's/^MemAvailable: *//p' /proc/meminfo)"
}
