# shellcheck shell=bash
# The isolation experiment (SOSP 2003, 4.2): what two stock guests get done beside two others, once when the others work like them, once when one
# of them writes memory and disk without end and the other is a fork bomb. All weights are equal. The machine's clock counts instructions.

isolation=$out/isolation

# neighbours NAME ROLE ROLE: boots alpha and beta at work beside two others and waits until both have told what they did.
neighbours() {
    local module='guests/vmlinuz-cloud domain=NAME memory=128M ramdisk -- console=hvc0 quiet hostname=NAME serai.test=ROLE'
    local console=$isolation/$1.console modules='' pair qemu
    step "four guests: two at work, beside ${2} and ${3}"
    for pair in alpha=work beta=work "gamma=$2" "delta=$3"; do
        modules+=${modules:+,}$(sed "s/NAME/${pair%=*}/g; s/ROLE/${pair#*=}/" <<< "$module")' serai.end=stay,guests/initramfs'
    done
    rm -f "$console"
    (cd "$out" && exec timeout 1800 qemu-system-x86_64 -accel tcg -cpu max,-smap -smp 1 -m 1G -icount shift=0,sleep=off \
        -rtc base=2026-01-01T00:00:00,clock=vm -seed 42 -display none -monitor none -nodefaults -no-reboot \
        -chardev "file,id=console,path=$console" -serial chardev:console -kernel serai -append "console=com1 guest_loglvl=none" \
        -initrd "$modules" < /dev/null > "$isolation/$1.qemu" 2>&1) &
    qemu=$!
    until [ "$(grep -cE '^\((alpha|beta)\) WORK' "$console" 2>/dev/null)" = 2 ]; do
        kill -0 $qemu 2>/dev/null || fail "the guests did not finish; see $console"
        sleep 1
    done
    kill $qemu
    wait $qemu 2>/dev/null || true
}

units() {
    sed -n "s/^($2) WORK \([0-9]*\) units.*/\1/p" "$isolation/$1.console"
}

run_isolation() {
    local name good bad
    need_for_build qemu-system-x86 bc "${userland_packages[@]}"
    build_image
    prepare_guests
    mkdir -p "$isolation"
    neighbours equal work work
    neighbours hostile hog bomb
    printf '%-8s %22s %26s %8s\n' guest 'beside equal workers' 'beside a hog and a bomb' lost
    for name in alpha beta; do
        good=$(units equal $name)
        bad=$(units hostile $name)
        printf '%-8s %22s %26s %7s%%\n' "$name" "$good units" "$bad units" "$(bc <<< "scale=1; 100 * ($good - $bad) / $good")"
    done
}
