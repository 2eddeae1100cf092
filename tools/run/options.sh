# shellcheck shell=bash
# The command line: a verb and options, in any order.

verb=boot
accel=tcg
memory=''
processors=1
cpu=max,-smap
machine=pc
qemu_extra=()
filter=''
symbols=''
bench_words=()
bench_arguments=()
everything=no
checked=no

# QEMU 7.2's TCG breaks a guest's iretq when SMAP is on (see docs/decisions/smap.md), so the default processor goes without.
parse_options() {
    local known=' boot dom0 build test check mutate iso deb debug bench rooms clean help '
    while [ $# -gt 0 ]; do
        case $1 in
            -h | --help) verb=help ;;
            --all)
                everything=yes
                bench_arguments+=("$1")
                ;;
            --checked) checked=yes ;;
            --quick | --record | --replay) bench_arguments+=("$1") ;;
            --accel | --memory | --smp | --cpu | --machine | --qemu-args | --filter | --symbols \
                | --mode | --rounds | --repetitions | --systems | --hypervisor)
                [ $# -ge 2 ] || fail "$1 wants a value; './run help' explains"
                set_option "$1" "$2"
                shift
                ;;
            --*=*) set_option "${1%%=*}" "${1#*=}" ;;
            -*) fail "unknown option $1; './run help' lists them" ;;
            *)
                if [ "$verb" = bench ]; then
                    bench_words+=("$1")
                    shift
                    continue
                fi
                [[ $known == *" $1 "* ]] || fail "unknown verb '$1'; './run help' lists them"
                verb=$1
                ;;
        esac
        shift
    done
}

set_option() {
    case $1 in
        --accel)
            [[ $2 == tcg || $2 == kvm ]] || fail "--accel is tcg or kvm, not '$2'"
            accel=$2
            bench_arguments+=(--accel "$2")
            ;;
        --memory) memory=$2 ;;
        --smp) processors=$2 ;;
        --cpu) cpu=$2 ;;
        --machine) machine=$2 ;;
        --qemu-args) read -r -a qemu_extra <<< "$2" ;;
        --filter) filter=$2 ;;
        --symbols) symbols=$2 ;;
        --mode | --rounds | --repetitions | --systems | --hypervisor) bench_arguments+=("$1" "$2") ;;
        *) fail "unknown option $1; './run help' lists them" ;;
    esac
}
