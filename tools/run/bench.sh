# shellcheck shell=bash
# What `./run bench` boots is fetched and built here; booting, counting, checking and printing is the harness's (bench/Harness). An experiment with
# many guests is a function experiment_NAME of any file of tools/run, which leaves its results in out/bench/NAME.jsonl (bench/README.md).

bench=$out/bench
bench_packages=(qemu-system-x86 gcc libc6-dev cpio llvm)

run_bench() {
    need_for_build "${bench_packages[@]}"
    build_image
    prepare_bench
    run_experiments
    if [ ${#bench_words[@]} -gt 0 ]; then
        forget_the_told
        [ ${#bench_words[@]} -gt 0 ] || return 0
    fi
    if [ -n "$symbols" ]; then
        llvm-nm --numeric-sort "$out/serai.debug" > "$bench/names"
        bench_arguments+=(--symbols "$symbols")
    fi
    step "measuring"
    harness "${bench_arguments[@]}" "${bench_words[@]}" || fail "the benchmarks did not run as they should; the consoles are in out/bench"
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
    wants_uml && prepare_uml
    is_quick && return
    prepare_xen
    prepare_pair
}

prepare_xen() {
    fetch xen-hypervisor-4.17-amd64
    gunzip -c "$out/packages/xen-hypervisor-4.17-amd64/boot/xen-4.17-amd64.gz" > "$bench/xen"
}

# Experiments are run when they are named, and all of them with --all; otherwise their last results are shown.
run_experiments() {
    local name
    for name in $(declare -F | sed -n 's/^declare -f experiment_//p'); do
        if [ "$everything" = yes ] || [[ " ${bench_words[*]} " == *" $name "* ]]; then
            "experiment_$name"
        fi
    done
}

# An experiment that leaves no points has said all there is: the harness needs not know its name.
forget_the_told() {
    local word rest=()
    for word in "${bench_words[@]}"; do
        if ! declare -F "experiment_$word" > /dev/null || [ -e "$bench/$word.jsonl" ]; then
            rest+=("$word")
        fi
    done
    bench_words=("${rest[@]}")
}
