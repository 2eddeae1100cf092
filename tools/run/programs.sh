# shellcheck shell=bash
# Which of Debian's packages the programs of `./run bench` come from, and the two initramfs that bench/linux makes of them.

bench_programs=(dash coreutils gzip tar tcc libc6 libc6-dev linux-libc-dev libstb-dev libacl1 libselinux1 libpcre2-8-0)

prepare_bench_programs() {
    bench_image programs linux.initramfs "${bench_programs[@]}"
}

# bench_image KIND FILE PACKAGE...: made when it is not there, or older than what it is made of.
bench_image() {
    local kind=$1 image=$bench/$2 package
    shift 2
    for package in "$@"; do
        fetch "$package"
    done
    if [ -e "$image" ] && [ -z "$(find bench/linux bench/rows bench/marks.S -type f -newer "$image")" ]; then
        return 0
    fi
    logged "bench-$kind" bench/linux/build-initramfs "$kind" "$out/packages" "$image"
}
