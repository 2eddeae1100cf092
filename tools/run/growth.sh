# shellcheck shell=bash
# What an operation costs beside 1, 16, 128 and 1,000 other domains that sleep: `./run bench growth`. The pair of bench/Pair measures itself when all
# of them are there, and one more domain is made and leaves. Counted as in bench.sh; one nanosecond of the machine's clock is one instruction.

growth_counts=(1 16 128 1000)
growth_rows=(switch-domains event-domains poll-domains grant-domains timer-fire timer-wake)

experiment_growth() {
    local others name
    logged growth-ticker dotnet build examples/Ticker/Ticker.csproj -c Release --nologo -v quiet -clp:NoSummary
    : > "$bench/growth.jsonl"
    for others in "${growth_counts[@]}"; do
        step "growth: beside $others other domains"
        boot_among "$others"
        for name in "${growth_rows[@]}"; do
            growth_point "$name" "$others" "$(per_operation "$(sed -n "s/^\([0-9]*\)|.*|$name|.*/\1/p" bench/rows)")"
        done
        growth_point creation "$others" "$(creation)"
        growth_point death "$others" "$(sed -n 's/.*domain extra1: taking it apart took \([0-9]*\) ns.*/\1/p' "$bench/growth.console")"
    done
    growth_table
}

# boot_among N: leaves out/bench/growth.counts and growth.console.
boot_among() {
    local ticker='example-ticker.elf domain=NAME memory=2M copies=' modules
    modules='bench-pair.elf role=first peer=1 after=10000 timers=1,bench-pair.elf domain=second memory=2M -- role=second peer=0'
    modules+=",${ticker/NAME/other}$1 -- every=10000000,${ticker/NAME/extra}1 -- every=500 ticks=1 ends=1"
    rm -f "$bench/growth.console" "$bench/growth.counts"
    (cd "$out" && timeout 900 qemu-system-x86_64 -accel tcg -cpu max,-smap,-la57,-erms,-pku -smp 1 -m 4G -icount shift=0,sleep=off \
        -rtc base=2026-01-01T00:00:00,clock=vm -seed 42 -display none -monitor none -nodefaults -no-reboot \
        -chardev "file,id=console,path=$bench/growth.console" -serial chardev:console -plugin "file=$bench/counter.so,out=$bench/growth.counts" \
        -kernel serai -append "console=com1 loglvl=info dom0_mem=64M" -initrd "$modules" > "$bench/growth.qemu" 2>&1 < /dev/null) || true
    grep -q 'PASS bench' "$bench/growth.console" || fail "the pair did not finish; see $bench/growth.console"
}

# From the beginning of the domain's building to its own first instruction.
creation() {
    sed -n 's/.*domain extra1: its building began at \([0-9]*\) ns.*/-\1/p; s/.*(extra1) hello: first instruction at \([0-9]*\) ns.*/\1/p' \
        "$bench/growth.console" | paste -sd+ | bc
}

# The middle one of a row's samples, in instructions of the hypervisor.
per_operation() {
    awk -v row="$1" '$1 == "sample" && $2 == row {print $6 / $3}' "$bench/growth.counts" | sort -n |
        awk '{value[NR] = $1} END {if (NR) printf "%d", value[int((NR + 1) / 2)] + 0.5}'
}

growth_point() {
    [ -n "$3" ] || fail "growth: nothing was counted for $1"
    printf '{"topic":"growth","key":"%s","system":"serai","x":%d,"value":%d,"unit":"instructions"}\n' "$1" "$2" "$3" >> "$bench/growth.jsonl"
}

growth_table() {
    printf '%-16s' 'instructions'
    printf '%12s' "${growth_counts[@]/#/beside }"
    echo
    sed 's/.*"key":"\([^"]*\)".*"value":\([0-9]*\).*/\1 \2/' "$bench/growth.jsonl" |
        awk '!($1 in line) {order[++rows] = $1} {line[$1] = line[$1] sprintf("%12d", $2)}
            END {for (row = 1; row <= rows; row++) printf "%-16s%s\n", order[row], line[order[row]]}'
}
