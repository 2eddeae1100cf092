# shellcheck shell=bash
# What `./run bench` boots is fetched and built here; booting, counting, checking and printing is the harness's (bench/Harness). An experiment with
# many guests is a function experiment_NAME of any file of tools/run, which leaves its results in out/bench/NAME.jsonl (bench/README.md).

bench=$out/bench
bench_packages=(qemu-system-x86 gcc libc6-dev cpio llvm bc)

run_bench() {
    need_for_build "${bench_packages[@]}"
    build_image
    prepare_bench
    run_experiments
    if [ -n "$symbols" ]; then
        llvm-nm --numeric-sort "$out/serai.debug" > "$bench/names"
        bench_arguments+=(--symbols "$symbols")
    fi
    if wants_rows; then
        step "measuring"
        harness "${bench_arguments[@]}" "${bench_rows[@]}" || fail "the benchmarks did not run as they should; the guests' consoles are in out/bench"
        [ -n "$symbols" ] || sizes
    fi
}

harness() {
    dotnet "$out/bin/Harness/release/Serai.Bench.dll" "$@"
}

prepare_bench() {
    mkdir -p "$bench"
    step "building the plugin, the guests and the harness"
    logged bench-plugin gcc -O2 -Wall -Wextra -Werror -shared -fPIC -o "$bench/counter.so" bench/plugin/counter.c
    logged bench-guest dotnet build bench/Guest/BenchGuest.csproj -c Release --nologo -v quiet -clp:NoSummary
    logged bench-harness dotnet build bench/Harness/Harness.csproj -c Release --nologo -v quiet -clp:NoSummary
    mkdir -p "$guests"
    kernel linux-image-amd64 vmlinuz
    prepare_bench_programs
    prepare_xen
    prepare_pair
}

prepare_xen() {
    fetch xen-hypervisor-4.17-amd64
    gunzip -c "$out/packages/xen-hypervisor-4.17-amd64/boot/xen-4.17-amd64.gz" > "$bench/xen"
}

# The words after `bench` that name experiments; the others are the harness's.
bench_rows=()

run_experiments() {
    local word
    if [ "$everything" = yes ]; then
        for word in $(declare -F | sed -n 's/^declare -f experiment_//p'); do
            "experiment_$word"
        done
    fi
    for word in "${bench_words[@]}"; do
        if declare -F "experiment_$word" > /dev/null; then
            "experiment_$word"
        else
            bench_rows+=("$word")
        fi
    done
}

wants_rows() {
    [ ${#bench_words[@]} = 0 ] || [ ${#bench_rows[@]} -gt 0 ] || [ -n "$symbols" ]
}

# What Serai takes: its image without the names for backtraces, its memory of 1 GiB, and what a domain costs beside the memory it was given, which
# is what is free after the first of two equal domains less what is after the second.
sizes() {
    local console=$bench/serai-sizes.console domain='bench-guest.elf domain=NAME memory=64M --' bytes names frames
    (cd "$out" && timeout 60 qemu-system-x86_64 -accel tcg -cpu max,-smap -smp 1 -m 1G -display none -monitor none -nodefaults -no-reboot \
        -chardev "file,id=console,path=$console" -serial chardev:console -kernel serai -append "$options_of_serai dom0_mem=512M" \
        -initrd "bench-guest.elf guest=none,${domain/NAME/first},${domain/NAME/second}" > "$bench/serai-sizes.qemu" 2>&1 < /dev/null) || true
    bytes=$(stat -c %s "$out/serai")
    names=$(llvm-size -A "$out/serai" | awk '$1 == ".symbols" {print $2}')
    note "image without symbols: $(((bytes - names) / 1024)) KiB (with the names for backtraces $((bytes / 1024)) KiB)"
    note "memory of the hypervisor: $(sed -n 's/.*free of \([0-9]* MiB\), \([0-9]* KiB\) for the hypervisor.*/\2 of \1/p' "$console")"
    frames=$(sed -n 's/.* domain \(first\|second\) starts.* \([0-9]*\) frames free.*/\2/p' "$console" | paste -sd- | bc)
    note "fixed state of a domain: $(((frames - 16384) * 4)) KiB in $((frames - 16384)) frames"
}
