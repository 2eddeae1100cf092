# shellcheck shell=bash
# What it takes to create a domain, in instructions, and what memory beside its own: from the beginning of the building (Serai) or of `xl create`
# (Xen) to the first instruction of a small C# guest, and to the first process of a stock Debian one. Each sleeps before the next is created.

experiment_creation() {
    local small=32 large=4
    is_quick && small=4 && large=1
    prepare_domains
    points creation
    small_on_serai
    large_on_serai 1
    [ "$large" = 1 ] || large_on_serai "$large"
    is_quick && return
    small_on_xen
    large_on_xen
}

small_on_serai() {
    on_serai creation-small-serai 2G '' "bench-worker.elf domain=w memory=8M copies=$small -- windows=0 from=5000" "$small" 'PASS worker'
    console creation-small-serai | sed -nE 's/.*domain w([0-9]+): its building began at ([0-9]+) ns.*/began \1 \2/p
        s/.*\(w([0-9]+)\) hello: first instruction at ([0-9]+) ns.*/first \1 \2/p' | first_instructions serai
    console creation-small-serai | sed -nE 's/.*domain w([0-9]+) starts: .* ([0-9]+) frames free.*/\1 \2/p' | LC_ALL=C sort -n |
        awk 'NR == 1 { first = $2 } { last = $2 } END { printf "%.1f\n", (first - last) * 4 / (NR - 1) - 8192 }' | beside_its_own serai
}

# Lines 'began NUMBER TIME' and 'first NUMBER TIME' become points at powers of two.
first_instructions() {
    local number cost
    awk '{ time[$1, $2] = $3; if ($2 > most) most = $2 }
         END { for (n = 1; n <= most; n *= 2) print n, time["first", n] - time["began", n] }' | while read -r number cost; do
        point 'small guest, to its first instruction' "$1" "$number" "$cost" instructions
    done
}

beside_its_own() {
    point "the hypervisor's memory for a domain, beside its own" "$1" "$small" "$(cat)" KiB
}

small_on_xen() {
    on_xen creation-small-xen 2G '' "$out/bench-worker.elf" << END
megabytes before
number=1
while [ \$number -le $small ]; do
    create w\$number bench-worker.elf none 8 'windows=0 from=60000'
    wait_for \$number hello 60
    number=\$((number + 1))
done
megabytes after
wait_for $small 'PASS worker' 60
show
END
    console creation-small-xen | sed -nE 's/^CREATED w([0-9]+) from ([0-9]+) to .*/began \1 \2/p
        s/^\(w([0-9]+)\) hello: first instruction at ([0-9]+) ns, counter ahead by ([0-9-]+)$/\1 \2 \3/p' |
        awk '$1 == "began" { print; next } { print "first", $1, $2 + $3 }' | first_instructions xen
    console creation-small-xen | sed -n 's/^FREE .* machine \([0-9]*\) MiB.*/\1/p' | paste -sd' ' |
        awk -v count="$small" '{ printf "%.1f\n", ($1 - $2) * 1024 / count - 8192 }' | beside_its_own xen
    point "the initial domain's memory for a domain" xen "$small" "$(console creation-small-xen |
        sed -n 's/^FREE .* initial domain \([0-9]*\) kB/\1/p' | paste -sd' ' | awk -v count="$small" '{ printf "%.1f", ($1 - $2) / count }')" KiB
}

# large_on_serai COUNT: they are all built before the first runs, so the last is made to start again while the others sleep.
large_on_serai() {
    local number modules='' name=creation-large-$1-serai again=$((6000 + 4000 * $1)) rest=0
    for ((number = 1; number <= $1; number++)); do
        [ "$number" != "$1" ] || rest=$again
        modules+="guests/vmlinuz-cloud domain=l$number memory=96M ramdisk -- console=hvc0 quiet rdinit=/init role=arrive again=$rest,"
        modules+='bench/guest.initramfs,'
    done
    on_serai "$name" 2G '' "${modules}bench-worker.elf domain=clock memory=8M -- windows=0 from=60000" $(($1 + 1)) USERLAND
    console "$name" | sed -nE "s/.*domain l$1: its building began at ([0-9]+) ns.*/began \1/p; s/.*counter ahead by ([0-9-]+)$/ahead \1/p
        s/.*\(l$1\) USERLAND at ([0-9]+)$/userland \1/p" |
        awk '{ value[$1] = $2 } END { printf "%.0f\n", value["userland"] - value["began"] - value["ahead"] }' | to_userland serai "$1"
}

to_userland() {
    point 'Debian guest, to its first process' "$1" "$2" "$(cat)" instructions
}

large_on_xen() {
    local number
    on_xen creation-large-xen 2G '' "$guests/vmlinuz-cloud" "$bench/guest.initramfs" << END
number=1
while [ \$number -le $large ]; do
    create l\$number vmlinuz-cloud guest.initramfs 96 'console=hvc0 quiet rdinit=/init role=arrive'
    wait_for \$number USERLAND 60
    number=\$((number + 1))
done
show
END
    for number in 1 "$large"; do
        console creation-large-xen |
            sed -nE "s/^CREATED l$number from ([0-9]+) to .*/began \1/p; s/^\(l$number\) USERLAND at ([0-9]+)$/userland \1/p" |
            awk '{ value[$1] = $2 } END { printf "%.0f\n", value["userland"] - value["began"] }' | to_userland xen "$number"
    done
}
