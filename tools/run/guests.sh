# shellcheck shell=bash
# What the demonstration and the tests boot: Debian's kernels and GRUB as they come out of the packages, and our initramfs.

guests=$out/guests
userland_packages=(gcc libc6-dev cpio)

# The metapackage names the kernel of the day: linux-image-amd64 -> linux-image-6.1.0-NN-amd64.
kernel_package() {
    apt-cache depends "$1" 2> /dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1
}

# kernel METAPACKAGE FILE: puts the kernel at out/guests/FILE.
kernel() {
    local package
    [ ! -e "$guests/$2" ] || return 0
    package=$(kernel_package "$1")
    if [ -z "$package" ]; then
        refresh_lists
        package=$(kernel_package "$1")
    fi
    [ -n "$package" ] || fail "Debian's archive offers no $1; is /etc/apt/sources.list Debian's?"
    fetch "$package"
    ln -sfnr "$out/packages/$package"/boot/vmlinuz-* "$guests/$2"
}

prepare_kernels() {
    mkdir -p "$guests"
    kernel linux-image-amd64 vmlinuz
    kernel linux-image-cloud-amd64 vmlinuz-cloud
}

prepare_guests() {
    prepare_kernels
    prepare_initramfs
}

prepare_initramfs() {
    local image=$guests/initramfs
    if [ -e "$image" ] && [ -z "$(find tools/userland -type f -newer "$image")" ]; then
        return 0
    fi
    fetch busybox-static
    step "building the guests' initramfs"
    logged initramfs tools/userland/build-initramfs "$out/packages/busybox-static/bin/busybox" "$image"
}

# The same with the drivers of /dev/xen for the full kernel, and a program that tries each.
prepare_devices_initramfs() {
    local image=$guests/initramfs-devices modules
    if [ -e "$image" ] && [ -z "$(find tools/userland "$guests/initramfs" -type f -newer "$image")" ]; then
        return 0
    fi
    modules=$(readlink -f "$guests/vmlinuz")
    modules=$(echo "${modules%/boot/*}"/lib/modules/*)
    logged initramfs-devices tools/userland/build-devices "$guests/initramfs" "$modules" "$image"
}

# The files that hosted tests read: Debian's kernels and a second, independent guest.
prepare_hosted_files() {
    prepare_kernels
    fetch grub-xen-host
    ln -sfnr "$out/packages/grub-xen-host/usr/lib/grub-xen/grub-x86_64-xen.bin" "$guests/grub-xen"
}

# Those, and for guests under QEMU the userland, the firmware for UEFI, and the hypervisor that test/Calls compares with.
prepare_test_guests() {
    prepare_hosted_files
    prepare_initramfs
    prepare_devices_initramfs
    fetch xen-hypervisor-4.17-amd64
    gunzip -c "$out/packages/xen-hypervisor-4.17-amd64"/boot/xen-4.17-amd64.gz > "$guests/xen"
    fetch ovmf
    ln -sfnr "$out/packages/ovmf/usr/share/ovmf/OVMF.fd" "$guests/OVMF.fd"
}
