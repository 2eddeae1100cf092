# shellcheck shell=bash
# out/serai.iso: GRUB starts the demonstration by BIOS and by UEFI, from a disc or (dd) from a stick.

iso_packages=(grub-common grub-pc-bin grub-efi-amd64-bin mtools xorriso)

build_iso() {
    local tree=$out/iso
    step "building the ISO"
    rm -rf "$tree"
    mkdir -p "$tree/boot/grub"
    cp -L "$out/serai" "$guests/vmlinuz" "$guests/vmlinuz-cloud" "$guests/initramfs" "$tree/boot/"
    grub_menu > "$tree/boot/grub/grub.cfg"
    logged iso grub-mkrescue -o "$out/serai.iso" "$tree" -- -volid SERAI
    rm -rf "$tree"
    note "out/serai.iso, $(($(stat -c %s "$out/serai.iso") / 1048576)) MiB"
}

grub_menu() {
    local terminal='serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console'
    printf '%s\nset timeout=2\nset default=0\n' "$terminal"
    menu_entry 'Serai: two Debian guests (multiboot2)' multiboot2 module2
    menu_entry 'Serai: two Debian guests (multiboot1)' multiboot module
}

# menu_entry TITLE KERNEL-COMMAND MODULE-COMMAND. Multiboot1 passes a module's file name as the first word of its command
# line and GRUB does so in neither protocol, so it is written out.
menu_entry() {
    local words="memory=$demonstration_memory ramdisk -- console=hvc0"
    cat << END
menuentry '$1' {
    echo 'Loading Serai and two kernels ...'
    $2 /boot/serai $options_of_serai
    $3 /boot/vmlinuz vmlinuz domain=alpha $words hostname=alpha
    $3 /boot/initramfs initramfs
    $3 /boot/vmlinuz-cloud vmlinuz-cloud domain=beta $words hostname=beta
    $3 /boot/initramfs initramfs
}
END
}
