# shellcheck shell=bash
# Which of Debian's packages the programs of `./run bench` come from, and the four initramfs that bench/linux makes.

bench_programs=(dash coreutils gzip tar tcc libc6 libc6-dev linux-libc-dev libstb-dev libacl1 libselinux1 libpcre2-8-0)
bench_servers=(
    dash libc6 nginx postgresql-15 postgresql-client-15 libpq5 libreadline8 libtinfo6 libgcc-s1 libstdc++6 zlib1g libzstd1 liblz4-1 liblzma5
    libpcre2-8-0 libcrypt1 libssl3 libxml2 libicu72 libpam0g libaudit1 libcap-ng0 libcap2 libsystemd0 libgcrypt20 libgpg-error0
    libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libcom-err2 libkeyutils1 libldap-2.5-0 libsasl2-2 libgnutls30 libp11-kit0 libffi8
    libidn2-0 libunistring2 libtasn1-6 libnettle8 libhogweed6 libgmp10
)

prepare_bench_programs() {
    bench_image programs linux.initramfs "${bench_programs[@]}"
    bench_image machine machine.initramfs
    bench_image devices devices.initramfs
    prepare_bench_disk
    is_quick || bench_image servers servers.initramfs "${bench_servers[@]}"
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
    logged "bench-$kind" bench/linux/build-initramfs "$kind" "$out/packages" "$image" "$(dirname "$(readlink -f "$guests/vmlinuz")")/.."
}

# What all disks of the rows of devices have on them: 16 MiB in which no block is like another. QEMU writes elsewhere.
prepare_bench_disk() {
    [ -s "$bench/disk" ] || { (seq 1 3000000 || true) | head -c 16M > "$bench/disk.new" && mv "$bench/disk.new" "$bench/disk"; }
}
