# shellcheck shell=bash
# The pair of bench/Pair: out/bench-pair.elf, and out/bench/pair.initramfs, the initial domain of Xen's that makes two domains of it.

prepare_pair() {
    logged bench-pair dotnet build bench/Pair/Pair.csproj -c Release --nologo -v quiet -clp:NoSummary
    is_quick && return
    logged bench-domain-guest bench/domains/build-guest "$bench/guest.initramfs"
    prepare_toolstack
    with_experiment "$bench/pair.initramfs" "$out/bench-pair.elf" < bench/Pair/on-xen
}
