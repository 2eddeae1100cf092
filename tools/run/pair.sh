# shellcheck shell=bash
# The pair of bench/Pair: out/bench-pair.elf, and out/bench/pair.initramfs, the initial domain of Xen's that makes two domains of it.

prepare_pair() {
    logged bench-pair dotnet build bench/Pair/Pair.csproj -c Release --nologo -v quiet -clp:NoSummary
}

prepare_pair_on_xen() {
    logged bench-domain-guest bench/domains/build-guest "$bench/guest.initramfs"
    prepare_toolstack
    logged bench-pair-xen bench/domains/build-experiment "$bench/pair.initramfs" bench/Pair/on-xen "$out/bench-pair.elf"
}
