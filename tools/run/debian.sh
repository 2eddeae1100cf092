# shellcheck shell=bash
# out/guests/debian, a disk with a small Debian 12 and its own GRUB; beside it its kernel and initrd, debian-vmlinuz and debian-initrd.

debian_packages=(mmdebstrap fakeroot fakechroot uidmap fdisk e2fsprogs dosfstools qemu-system-x86)
debian=$guests/debian
debian_memory=768M

prepare_debian() {
    if [ -e "$debian" ] && [ -z "$(find tools/debian -type f -newer "$debian")" ]; then
        return 0
    fi
    prepare_debian_root
    step "writing the disk"
    logged debian-disk tools/debian/build-disk "$out/debian/root.tar" "$out/debian/disk"
    step "booting it, so that Debian's GRUB installs itself (a minute or two under emulation)"
    logged debian-grub install_grub "$out/debian/disk"
    mv "$out/debian/disk-vmlinuz" "$debian-vmlinuz"
    mv "$out/debian/disk-initrd" "$debian-initrd"
    mv "$out/debian/disk" "$debian"
    rm -rf "$out/debian"
}

# What lies in tools/debian/files goes over what comes out of the packages.
prepare_debian_root() {
    mkdir -p "$guests" "$out/debian"
    if [ -e "$out/debian/root.tar" ] && [ -z "$(find tools/debian/files tools/debian/build-root -type f -newer "$out/debian/root.tar")" ]; then
        return 0
    fi
    step "building a Debian 12 for the disk (some minutes; what is fetched stays in out/packages)"
    tar -C tools/debian/files --owner=0 --group=0 -cf "$out/debian/files.tar" .
    watched debian-root tools/debian/build-root "$out/packages/debian" "$out/debian/root.tar" "$out/debian/files.tar"
}

# install_grub DISK: a boot of plain Linux with the one program that does it.
install_grub() {
    qemu-system-x86_64 -accel "$accel" -cpu max -m 1G -display none -nodefaults -no-reboot -serial stdio \
        -drive "file=$(quoted_module "$1"),format=raw,if=virtio" -kernel "$1-vmlinuz" -initrd "$1-initrd" \
        -append 'root=LABEL=debian console=ttyS0 init=/usr/local/sbin/install-grub' | tee "$1.log"
    grep -q 'GRUB is installed' "$1.log"
}

# Debian as the initial domain, and the demonstration's domains. Debian has a disk that forgets, and a network behind QEMU's.
boot_debian() {
    local words='root=LABEL=debian ro console=hvc0'
    machine -kernel "$out/serai" -append "$options_of_serai dom0_mem=$debian_memory,max:$debian_memory" \
        -initrd "$(quoted_module "debian-vmlinuz $words"),debian-initrd,$(demonstration_modules)" \
        -drive file=debian,format=raw,if=virtio,snapshot=on -nic user,model=virtio-net-pci -action reboot=reset \
        -chardev "pipe,id=monitor,path=$(quoted_module "$monitor")" -mon chardev=monitor "$@"
}

# What its owner writes into out/monitor.in is a command for QEMU. Who has the lock has that name; a second machine at the same time has another.
make_monitor() {
    monitor=$out/monitor
    exec {monitor_lock}> "$monitor.lock"
    flock -n "$monitor_lock" || monitor=$out/monitor-$$
    rm -f "$monitor".{in,out}
    mkfifo -m 600 "$monitor".{in,out}
}
