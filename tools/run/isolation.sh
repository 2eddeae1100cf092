# shellcheck shell=bash
# The isolation experiment (SOSP 2003, 4.2): what two stock guests get done beside two others, once when the others work like them, once when one
# of them writes memory and disk without end and the other is a fork bomb. All weights are equal, and there is one processor.

experiment_isolation() {
    prepare_domains
    points isolation
    isolation_on_serai equal work work
    isolation_on_serai hostile hog bomb
    losses serai
    is_quick && return
    isolation_on_xen equal work work 4
    isolation_on_xen hostile hog bomb 2
    losses xen
}

isolation_on_serai() {
    local module='guests/vmlinuz-cloud domain=NAME memory=128M ramdisk -- console=hvc0 quiet rdinit=/init role=ROLE from=20000 window=5000'
    local modules='' pair
    for pair in alpha=work beta=work "gamma=$2" "delta=$3"; do
        modules+=${modules:+,}$(sed "s/NAME/${pair%=*}/g; s/ROLE/${pair#*=}/" <<< "$module"),bench/guest.initramfs
    done
    on_serai "isolation-$1-serai" 2G '' "$modules" 2 '^(\(alpha\|beta\)) PASS worker'
}

# They are created first and begin together; so many of them come to an end.
isolation_on_xen() {
    on_xen "isolation-$1-xen" 2G '' "$guests/vmlinuz-cloud" "$bench/guest.initramfs" << END
for pair in alpha=work beta=work gamma=$2 delta=$3; do
    create \${pair%=*} vmlinuz-cloud guest.initramfs 128 "console=hvc0 quiet rdinit=/init role=\${pair#*=} from=40000 window=5000" -p
done
for name in alpha beta gamma delta; do
    xl unpause \$name
done
rest_until 47
wait_for $4 "PASS worker" 60
show
END
}

losses() {
    local name good bad
    for name in alpha beta; do
        good=$(units_of "$1" equal $name)
        bad=$(units_of "$1" hostile $name)
        [ -n "$good" ] && [ -n "$bad" ] || fail "$name did not tell what it did; see $domains/isolation-*-$1.console"
        point "$name beside equal workers" "$1" 4 "$good" 'units of work'
        point "$name beside a hog and a bomb" "$1" 4 "$bad" 'units of work'
        point "$name loses" "$1" 4 "$(awk "BEGIN {printf \"%.2f\", 100 * ($good - $bad) / $good}")" '%'
    done
}

units_of() {
    console "isolation-$2-$1" | sed -n "s/^($3) WORK workers=1 portions=\([0-9]*\) .*/\1/p"
}
