# shellcheck shell=bash
# The experiments with several domains, on native Linux, Serai and Debian's Xen 4.17 with its toolstack: what is booted, how it is waited for, and
# what becomes of what the guests say. The experiments are in the files beside this one. The machine's clock counts instructions.

domains=$bench/domains
domains_patience=3600
xen_packages=(xen-utils-4.17 libxenmisc4.17 libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1
    libxenstore4 libxentoollog1 libxentoolcore1 libyajl2 liblzma5 libuuid1 libzstd1 zlib1g libc6 libgcc-s1 busybox-static)

# is_quick: whether few points are enough, without Xen.
is_quick() {
    [[ " ${bench_arguments[*]} " == *' --quick '* ]]
}

prepare_domains() {
    mkdir -p "$domains"
    kernel linux-image-amd64 vmlinuz
    kernel linux-image-cloud-amd64 vmlinuz-cloud
    logged bench-worker dotnet build bench/domains/Worker/Worker.csproj -c Release --nologo -v quiet -clp:NoSummary
    logged bench-domain-guest bench/domains/build-guest "$bench/guest.initramfs"
    is_quick || prepare_toolstack
}

# out/bench/dom0.initramfs, an initial domain that has xl.
prepare_toolstack() {
    local package
    for package in "${xen_packages[@]}"; do
        fetch "$package"
    done
    logged bench-dom0 bench/domains/build-dom0 "$out/packages" "$(kernel_package linux-image-amd64)" "$bench/dom0.initramfs"
}

# machine_of NAME MEMORY KERNEL OPTIONS MODULES: this shell becomes a machine of one processor; the console goes to out/bench/domains/NAME.console.
machine_of() {
    cd "$out"
    exec nice timeout "$domains_patience" qemu-system-x86_64 -accel tcg -cpu max,-smap,-la57,-erms,-pku -smp 1 -m "$2" \
        -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -seed 42 -display none -monitor none -nodefaults -no-reboot \
        -chardev "file,id=console,path=$domains/$1.console" -serial chardev:console -kernel "$3" -append "$4" ${5:+-initrd "$5"} \
        < /dev/null > "$domains/$1.qemu" 2>&1
}

# on_serai NAME MEMORY OPTIONS MODULES COUNT TEXT: until so many lines of the console have the text.
on_serai() {
    local console=$domains/$1.console qemu
    step "$1: Serai"
    : > "$console"
    machine_of "$1" "$2" serai "console=com1 loglvl=info guest_loglvl=none $3" "$4" &
    qemu=$!
    until [ "$(grep -c "$6" "$console")" -ge "$5" ]; do
        if ! kill -0 $qemu 2> /dev/null || grep -qE '(^|\) )FAIL|PANIC' "$console"; then
            end_machine $qemu
            fail "the guests did not do what they should; see $console"
        fi
        sleep 1
    done
    end_machine $qemu
}

# The process that was machine_of is timeout now, which passes the signal on.
end_machine() {
    kill "$1" 2> /dev/null || true
    wait "$1" 2> /dev/null || true
}

# on_native NAME MEMORY WORDS: the cloud kernel by itself.
on_native() {
    step "$1: native Linux"
    (machine_of "$1" "$2" guests/vmlinuz-cloud "console=ttyS0 quiet panic=1 $3" bench/guest.initramfs) || true
    must_have_passed "$1"
}

# with_experiment INITRAMFS FILE...: the root that has xl, and in its /bench the files and what comes on standard input, the script that it runs.
with_experiment() {
    local initramfs=$1 tree
    shift
    tree=$(mktemp -d)
    mkdir "$tree/bench"
    cat > "$tree/bench/experiment"
    cp -L "$bench/guest" "$@" "$tree/bench/"
    (cd "$tree" && find . -mindepth 1 -printf '%P\n' | cpio --quiet -o -H newc -R 0:0) | cat "$bench/dom0.initramfs" - > "$initramfs"
    rm -rf "$tree"
}

# on_xen NAME MEMORY OPTIONS FILE...: what comes on standard input is the script that the initial domain runs; the files are beside it in /bench.
# Of a word that is there twice Xen takes the last, so the options can have another dom0_mem.
on_xen() {
    local name=$1 amount=$2 options=$3
    shift 3
    step "$name: Xen"
    with_experiment "$domains/$name.initramfs" "$@"
    (machine_of "$name" "$amount" bench/xen "console=com1 com1=115200,8n1 dom0_mem=512M,max:512M $options" \
        "guests/vmlinuz console=hvc0 quiet panic=1 transparent_hugepage=never rdinit=/init,bench/domains/$name.initramfs") || true
    rm -f "$domains/$name.initramfs"
    must_have_passed "$name"
}

must_have_passed() {
    local console=$domains/$1.console
    grep -q 'PASS bench' "$console" && ! grep -qE '(^|\) )FAIL' "$console" || fail "not all was done; see $console"
}

# console NAME: what the machine of that name said, without carriage returns.
console() {
    tr -d '\r' < "$domains/$1.console"
}

# points RESULTS: begins out/bench/RESULTS.jsonl anew; point KEY SYSTEM X VALUE UNIT adds a line.
points() {
    results=$bench/$1.jsonl
    : > "$results"
}

point() {
    printf '{"topic": "domains", "key": "%s", "system": "%s", "x": %s, "value": %s, "unit": "%s"}\n' "$@" >> "$results"
}

# work_of NAME: for each number of workers what they did together in a second of the machine. Fails unless all of them are there, did something,
# and what they worked out is the same everywhere.
work_of() {
    console "$1" | sed -n 's/.*WORK workers=\([0-9]*\) portions=\([0-9]*\) nanoseconds=\([0-9]*\) sum=\(0x[0-9a-f]*\).*/\1 \2 \3 \4/p' |
        LC_ALL=C sort -n | awk '
            { count[$1]++; done[$1] += $2; time[$1] = $3; sums[$4] = 1; idle += $2 == 0 }
            END {
                for (sum in sums) different++
                for (workers in count) incomplete += count[workers] != workers
                if (idle || incomplete || different != 1) exit 1
                for (workers in count) printf "%d %.4f\n", workers, done[workers] * 1e9 / time[workers]
            }' | LC_ALL=C sort -n
}
