# shellcheck shell=bash
# QEMU as the machine, this terminal as its serial port. The words are those of tools/Machine, and a test (test/Bench.Tests, DemonstrationTests) holds
# them to that: to ask it for them would build one more project and start one more program before QEMU.

options_of_serai='console=com1 com1=115200,8n1'
demonstration_memory=256M

# A text as a module's command line in QEMU's -initrd, or as the value of one of its options: a comma ends it, two are one.
quoted_module() {
    printf '%s' "${1//,/,,}"
}

# The modules of the demonstration: two of Debian's kernels, each in a domain of its own, no initial domain.
demonstration_modules() {
    local alpha="vmlinuz domain=alpha memory=$demonstration_memory ramdisk -- console=hvc0 hostname=alpha"
    local beta="vmlinuz-cloud domain=beta memory=$demonstration_memory ramdisk -- console=hvc0 hostname=beta"
    printf '%s,initramfs,%s,initramfs' "$(quoted_module "$alpha")" "$(quoted_module "$beta")"
}

# machine ARGUMENT...: runs QEMU in out/guests, so that modules have short names. The serial port is raw: every key, Ctrl-C
# too, goes to the machine, and QEMU keeps no escape key of its own.
machine() {
    local arguments=(
        -accel "$accel" -machine "$machine" -cpu "$cpu" -m "${memory:-1G}" -smp "$processors"
        -display none -monitor none -nodefaults -no-reboot -pidfile "$out/qemu.pid"
        -chardev "stdio,id=terminal,signal=off" -serial chardev:terminal
        "$@" "${qemu_extra[@]}")
    local settings='' status=0
    need_accelerator
    [ ! -t 0 ] || settings=$(stty -g)
    (cd "$guests" && exec qemu-system-x86_64 "${arguments[@]}") || status=$?
    # QEMU gives the terminal back by itself, unless it was killed.
    [ -z "$settings" ] || stty "$settings"
    [ "$status" = 0 ] || fail "QEMU ended with status $status"
}

need_accelerator() {
    if [ "$accel" = kvm ] && [ ! -w /dev/kvm ]; then
        fail "--accel kvm needs a /dev/kvm that this user may open; without the option QEMU emulates (slower, works everywhere)"
    fi
}

boot_demonstration() {
    machine -kernel "$out/serai" -append "$options_of_serai" -initrd "$(demonstration_modules)" "$@"
}
