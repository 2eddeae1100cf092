# shellcheck shell=bash
# The verbs of ./run, each a list of steps.

verb_help() {
    cat << 'END'
usage: ./run [VERB] [OPTION]...

  boot    (or no verb) install what is missing, build, start two Debian guests, attach this terminal
  dom0    build a small Debian 12 on a disk, start it as the initial domain beside two guests, attach this terminal
  build   build out/serai (with --checked also out/serai-checked, which holds its lock to the rules and measures it)
  test    hosted tests, then guests under QEMU; ends with 'N passed, N failed' (with --all also the long ones, some hours)
  check   the quick part: build, format, tidy, hosted tests
  mutate  break the hypervisor on purpose, one small fault of test/Mutations at a time: the hosted tests must notice each
  iso     out/serai.iso, which boots by BIOS and by UEFI
  deb     out/serai_VERSION_amd64.deb, which puts Serai below an installed Debian by an entry in GRUB's menu
  debug   the demonstration under QEMU, waiting for gdb
  bench   instructions per operation on native Linux, Serai and Debian's Xen: ./run bench [TOPIC|ROW|EXPERIMENT]...
  rooms   the rooms of the hypervisor from the top down: lines, and which each imports
  clean   remove what was built (with --all also the downloaded packages)

  --accel tcg|kvm     tcg (emulation, works everywhere) unless kvm is asked for
  --memory 1G (dom0: 2G)  --smp 1  --cpu max,-smap  --machine pc|q35
  --qemu-args '...'   passed on to QEMU
  --filter TEXT       test: only the tests whose full name contains TEXT; mutate: the faults whose name does (A,B; A..: and all behind)
  --symbols ROW       bench: one row (see bench/rows) by function of the hypervisor
  --mode icount|wall  bench: count instructions, or take the time by the host's clock in --rounds 5, the systems by turns
  --systems A,B       bench: of native,serai,xen (these three) and uml (User Mode Linux, only when asked for)
  --repetitions 3     bench: of each row;  --quick  few rows once, without Xen
  --hypervisor TEXT   bench: more words for the command lines of Serai and Xen, like xpti=true
  --all               test: the long tests too, a whole Debian on many machines;  clean: the downloaded packages too
                      bench: the experiments with many guests too;  --record  the tables and plots of docs/performance.md anew
  --replay            bench: boot nothing, read again what the last boots left in out/bench

Logs are in out/logs.
END
}

verb_build() {
    need_for_build
    build_image
    [ "$checked" = no ] || build_checked_image
}

verb_boot() {
    need_for_build qemu-system-x86 "${userland_packages[@]}"
    build_image
    prepare_guests
    step "starting two guests under QEMU ($accel): alpha is linux-image-amd64, beta linux-image-cloud-amd64"
    announce_way_out
    boot_demonstration
    step "the machine is off"
}

announce_way_out() {
    note "every key goes to the machine, Ctrl-C too. Ctrl-] moves the keyboard on: alpha, beta, the hypervisor's own console"
    note "(there h lists the keys; one of them switches the machine off). If nothing answers, type in another terminal:"
    note "    kill \$(cat ${out#"$PWD/"}/qemu.pid)"
}

verb_dom0() {
    need_for_build "${userland_packages[@]}" "${debian_packages[@]}"
    : "${memory:=2G}"
    build_image
    prepare_guests
    prepare_debian
    step "starting Debian 12 as the initial domain under QEMU ($accel), with alpha and beta beside it; 'root' logs in without a password"
    announce_way_out
    make_monitor
    note "or press the machine's power button: echo system_powerdown > ${monitor#"$PWD/"}.in"
    note "what Debian writes on its disk lasts until the machine is off, 'reboot' included"
    boot_debian
    rm -f "$monitor".{in,out}
    step "the machine is off"
}

verb_debug() {
    need_for_build qemu-system-x86 gdb "${userland_packages[@]}"
    build_image
    prepare_guests
    step "QEMU waits for gdb; in another terminal type:"
    note "gdb -ex 'target remote :1234' out/serai.debug"
    announce_way_out
    boot_demonstration -s -S
}

verb_iso() {
    need_for_build "${iso_packages[@]}" "${userland_packages[@]}"
    build_image
    prepare_guests
    build_iso
}

verb_deb() {
    need_for_build "${deb_packages[@]}"
    build_image
    build_deb
}

verb_test() {
    run_all_tests
}

verb_check() {
    run_quick_checks
}

verb_mutate() {
    need_for_build "${hosted_packages[@]}"
    prepare_hosted_files
    run_mutations
}

verb_rooms() {
    need_for_build git
    dotnet run --project tools/Rooms -c Release
}

verb_bench() {
    run_bench
}

verb_clean() {
    step "removing what was built"
    local keep=packages
    [ "$everything" = no ] || keep=''
    if [ -d "$out" ]; then
        find "$out" -mindepth 1 -maxdepth 1 ! -name "${keep:-.}" -exec rm -rf {} +
    fi
    find src test -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} + 2> /dev/null || true
}
