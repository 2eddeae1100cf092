# shellcheck shell=bash
# What `./run bench` boots is fetched and built here; booting, counting, checking and printing is the harness's (bench/Harness), which also says what
# else the experiments that are asked for need: a function prepare_WORD for each word.

bench=$out/bench
bench_packages=(qemu-system-x86 gcc libc6-dev cpio llvm)

run_bench() {
    need_for_build "${bench_packages[@]}"
    build_image
    prepare_bench
    if [ -n "$symbols" ]; then
        llvm-nm --numeric-sort "$out/serai.debug" > "$bench/names"
        bench_arguments+=(--symbols "$symbols")
    fi
    step "measuring"
    harness || fail "the benchmarks did not run as they should; the consoles are in out/bench"
}

harness() {
    dotnet "$out/bin/Harness/release/Serai.Bench.dll" "$@" "${bench_arguments[@]}" "${bench_words[@]}"
}

# is_quick: whether few points are enough, without Xen.
is_quick() {
    [[ " ${bench_arguments[*]} " == *' --quick '* ]]
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
    wants_uml && prepare_uml
    prepare_pair
    is_quick || { prepare_xen && prepare_pair_on_xen; }
    prepare_experiments
}

prepare_checked() {
    build_checked_image
}

prepare_xen() {
    fetch xen-hypervisor-4.17-amd64
    gunzip -c "$out/packages/xen-hypervisor-4.17-amd64/boot/xen-4.17-amd64.gz" > "$bench/xen"
}

prepare_experiments() {
    local word words
    words=$(harness --needs) || fail "the command line is wrong"
    for word in $words; do
        "prepare_$word"
    done
}
