# shellcheck shell=bash
# What the experiments with many domains boot (bench/Harness/Experiments): for each word of what they need a function prepare_WORD.

xen_packages=(xen-utils-4.17 libxenmisc4.17 libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1
    libxenstore4 libxentoollog1 libxentoolcore1 libyajl2 liblzma5 libuuid1 libzstd1 zlib1g libc6 libgcc-s1 busybox-static)

prepare_domains() {
    kernel linux-image-cloud-amd64 vmlinuz-cloud
    logged bench-worker dotnet build bench/domains/Worker/Worker.csproj -c Release --nologo -v quiet -clp:NoSummary
    logged bench-domain-guest bench/domains/build-guest "$bench/guest.initramfs"
    is_quick || prepare_toolstack
}

prepare_bochs() {
    need_for_build "${iso_packages[@]}" "${bochs_packages[@]}"
}

prepare_growth() {
    logged bench-pair dotnet build bench/Pair/Pair.csproj -c Release --nologo -v quiet -clp:NoSummary
    logged growth-ticker dotnet build examples/Ticker/Ticker.csproj -c Release --nologo -v quiet -clp:NoSummary
}

# out/bench/dom0.initramfs, an initial domain that has xl.
prepare_toolstack() {
    local package
    for package in "${xen_packages[@]}"; do
        fetch "$package"
    done
    logged bench-dom0 bench/domains/build-dom0 "$out/packages" "$(kernel_package linux-image-amd64)" "$bench/dom0.initramfs"
}
