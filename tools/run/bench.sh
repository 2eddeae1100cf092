# shellcheck shell=bash
# Instructions per operation, counted by a plugin of QEMU's (bench/plugin) for Serai and for Debian's Xen with the same guests. The machine's clock
# counts instructions, so the numbers do not depend on the machine that runs QEMU.

bench=$out/bench
bench_packages=(qemu-system-x86 gcc libc6-dev cpio llvm bc)
bench_patience=900

prepare_bench() {
    mkdir -p "$bench"
    step "building the plugin, the guests and the report"
    logged bench-plugin gcc -O2 -Wall -Wextra -Werror -shared -fPIC -o "$bench/counter.so" bench/plugin/counter.c
    logged bench-guest dotnet build bench/Guest/BenchGuest.csproj -c Release --nologo -v quiet -clp:NoSummary
    logged bench-report dotnet build bench/Report/Report.csproj -c Release --nologo -v quiet -clp:NoSummary
    bench_initramfs
    kernel linux-image-amd64 vmlinuz
    fetch xen-hypervisor-4.17-amd64
    gunzip -c "$out/packages/xen-hypervisor-4.17-amd64/boot/xen-4.17-amd64.gz" > "$bench/xen"
}

# The application as the first process, and a place for the kernel's devices.
bench_initramfs() {
    local tree=$bench/tree
    rm -rf "$tree"
    mkdir -p "$tree/dev" "$guests"
    logged bench-linux gcc -O2 -Wall -Wextra -Werror -static -no-pie -o "$tree/init" bench/linux/bench.c bench/marks.S
    (cd "$tree" && find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 --reproducible) > "$bench/initramfs"
}

report() {
    dotnet "$out/bin/Report/release/Serai.Report.dll" "$@"
}

# counted SYSTEM GUEST MODULES [ROW]: boots once and leaves GUEST's samples in out/bench/SYSTEM-GUEST.counts.
counted() {
    step "counting: $2 on $1"
    booted "$@"
    grep -q 'PASS bench' "$bench/$1-$2.console" || note "not all was counted; see out/bench/$1-$2.console and out/bench/$1-$2.qemu"
}

booted() {
    local image=$out/serai options=$options_of_serai plugin="file=$bench/counter.so,out=$bench/$1-$2.counts${4:+,row=$4}"
    if [ "$1" = xen ]; then
        image=$bench/xen
        options+=' dom0_mem=512M,max:512M'
    else
        options+=' dom0_mem=512M'
    fi
    (cd "$bench" && timeout "$bench_patience" qemu-system-x86_64 -accel tcg -cpu max,-smap,-la57,-erms,-pku -smp 1 -m 1G \
        -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -seed 42 -display none -monitor none -nodefaults -no-reboot \
        -chardev "file,id=console,path=$bench/$1-$2.console" -serial chardev:console -plugin "$plugin" \
        -kernel "$image" -append "$options" -initrd "$3" > "$bench/$1-$2.qemu" 2>&1 < /dev/null) || true
}

micro_modules='../bench-guest.elf guest=bench'
linux_modules='../guests/vmlinuz console=hvc0 quiet transparent_hugepage=never rdinit=/init,initramfs'

run_bench() {
    local system
    need_for_build "${bench_packages[@]}"
    build_image
    prepare_bench
    if [ -n "$symbols" ]; then
        trace_row "$symbols"
        return
    fi
    for system in serai xen; do
        counted "$system" micro "$micro_modules"
        counted "$system" linux "$linux_modules"
    done
    report table bench/rows "$bench"
    note "the same in out/bench/bench.json"
    sizes
}

# Row by function, of Serai only: Debian's Xen comes without symbols.
trace_row() {
    local number
    number=$(report number bench/rows "$1") || exit 1
    llvm-nm --numeric-sort "$out/serai.debug" > "$bench/names"
    if [ "$number" -lt 32 ]; then
        counted serai micro "$micro_modules" "$number"
        report functions bench/rows "$1" "$bench/serai-micro.counts" "$bench/names"
    else
        counted serai linux "$linux_modules" "$number"
        report functions bench/rows "$1" "$bench/serai-linux.counts" "$bench/names"
    fi
}

# What Serai takes: its image without the names for backtraces, its memory of 1 GiB, and what a domain costs beside the memory it was given, which
# is what is free after the first of two equal domains less what is after the second.
sizes() {
    local console=$bench/serai-sizes.console domain='../bench-guest.elf domain=NAME memory=64M --' bytes names frames
    booted serai sizes "../bench-guest.elf guest=none,${domain/NAME/first},${domain/NAME/second}"
    bytes=$(stat -c %s "$out/serai")
    names=$(llvm-size -A "$out/serai" | awk '$1 == ".symbols" {print $2}')
    note "image without symbols: $(((bytes - names) / 1024)) KiB (with the names for backtraces $((bytes / 1024)) KiB)"
    note "memory of the hypervisor: $(sed -n 's/.*free of \([0-9]* MiB\), \([0-9]* KiB\) for the hypervisor.*/\2 of \1/p' "$console")"
    frames=$(sed -n 's/.* domain \(first\|second\) starts.* \([0-9]*\) frames free.*/\2/p' "$console" | paste -sd- | bc)
    note "fixed state of a domain: $(((frames - 16384) * 4)) KiB in $((frames - 16384)) frames"
}
