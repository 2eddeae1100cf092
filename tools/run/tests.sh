# shellcheck shell=bash
# Which tests there are, in what order, and how they are counted.

# What the hosted tests run: git (Tidy), gcc and Xen's headers (Abi.Tests), GRUB's scripts (Package.Tests), and compressors.
# clang, lld and llvm-readelf come with the build.
hosted_packages=(git gzip bzip2 xz-utils zstd lz4 gcc libc6-dev libxen-dev grub-common)
bochs_packages=(bochs bochs-term bochsbios vgabios)
test_packages=(qemu-system-x86 "${bochs_packages[@]}")
results=$logs/tests
passed=0
failed=0
skipped=0

# Every project under test/ that xunit runs; the ones that start QEMU come last, and not in the quick checks.
test_projects() {
    grep -l 'xunit\.runner' test/*/*.csproj 2> /dev/null | grep -v '/Boot\.Tests\.csproj$' | LC_ALL=C sort
}

run_all_tests() {
    local project
    need_for_build "${iso_packages[@]}" "${userland_packages[@]}" "${hosted_packages[@]}" "${test_packages[@]}" \
        "${debian_packages[@]}" "${deb_packages[@]}"
    build_image
    build_checked_image
    build_micro_guests
    prepare_test_guests
    prepare_debian_if_possible
    build_deb_for_tests
    build_iso
    for project in $(test_projects); do
        run_tests "$project" failures
    done
    run_tests test/Boot.Tests/Boot.Tests.csproj each
    run_quick_bench
    finish_tests
}

# Not every machine lets one make a root file system (a container without the rights). The tests of that disk are skipped there, if it cannot be made.
prepare_debian_if_possible() {
    local status
    set +e
    (set -e; prepare_debian)
    status=$?
    set -e
    [ "$status" != 0 ] || return 0
    if can_make_root; then
        note "FAILED: the Debian disk is not made"
        failed=$((failed + 1))
    else
        step "no Debian disk can be made here: the tests that need it are skipped"
        export SERAI_WITHOUT=out/guests/debian
    fi
}

# By root's rights, or by those of a user namespace: to mount is what the making of a root file system needs beyond files.
can_make_root() {
    unshare --mount true 2> /dev/null || unshare --user --map-root-user --mount true 2> /dev/null
}

# No QEMU, no format of the whole tree by a tool that takes minutes: what one runs before each commit.
run_quick_checks() {
    local project
    need_for_build "${hosted_packages[@]}"
    build_image
    prepare_hosted_files
    step "checking the format"
    logged format dotnet format whitespace --verify-no-changes --folder --include src test tools
    for project in $(test_projects); do
        run_tests "$project" failures
    done
    finish_tests
}

# run_tests PROJECT each|failures: 'each' shows every test as it ends, 'failures' only the ones that fail.
run_tests() {
    local name log report started=$SECONDS arguments
    name=$(basename "$1" .csproj)
    log=$logs/$name.log
    report=$results/$name.trx
    step "testing $name"
    mkdir -p "$results"
    rm -f "$report"
    arguments=(test "$1" -c Release --nologo --logger 'console;verbosity=normal' --logger "trx;LogFileName=$report")
    arguments+=(--filter "$(test_filter)")
    dotnet "${arguments[@]}" < /dev/null 2>&1 | tee "$log" | show_results "$2" || true
    count_results "$name" "$report" "$log"
    note "$name took $((SECONDS - started)) s"
}

# Which tests: those that --filter names, without the long ones unless --all asks for them too.
test_filter() {
    local long='Length!=Long'
    [ "$everything" = no ] || long='FullyQualifiedName~.'
    printf '%s' "FullyQualifiedName~${filter:-.}&$long"
}

# Whether `./run bench` works: a few rows, once, on native Linux and on Serai. No figure fails it.
run_quick_bench() {
    local log=$logs/bench-quick.log started=$SECONDS verdict=ok
    [ -z "$filter" ] || return 0
    step "testing the benchmarks (./run bench --quick)"
    if (bench_arguments=(--quick) && bench_words=() && run_bench) > "$log" 2>&1; then
        passed=$((passed + 1))
    else
        verdict=FAILED
        failed=$((failed + 1))
        tail -n 15 "$log"
    fi
    printf '    %-6s bench --quick [%d s]\n' "$verdict" $((SECONDS - started))
}

# The console logger's lines become ours: 'ok' or 'FAILED', the name without its namespace, the time; a failure with its reason.
show_results() {
    awk -v all="$1" '
        { sub(/\r$/, "") }
        /^\[xUnit\.net/ { next }
        /^  (Passed|Failed|Skipped) / {
            failing = ($1 == "Failed"); verdict = failing ? "FAILED" : ($1 == "Passed" ? "ok    " : "skipped")
            sub(/^  (Passed|Failed|Skipped) /, ""); sub(/^Serai\./, "")
            if (failing || all == "each") { print "    " verdict " " $0; fflush() }
            next
        }
        /^(Test Run|Total tests|Results File)/ { failing = 0 }
        failing { print "           " $0; fflush() }'
}

# A project that leaves no report (it did not build, or its host died) counts as one failure, with the reason shown.
count_results() {
    local counters project_passed project_failed project_skipped
    counters=$(grep -o '<Counters [^>]*>' "$2" 2> /dev/null || true)
    if [ -z "$counters" ]; then
        note "$1 gave no result; the last lines of out/logs/$1.log:"
        tail -n 15 "$3"
        failed=$((failed + 1))
        return
    fi
    project_passed=$(counter passed "$counters")
    project_failed=$(($(counter failed "$counters") + $(counter error "$counters") + $(counter timeout "$counters") + $(counter aborted "$counters")))
    project_skipped=$(($(counter total "$counters") - $(counter executed "$counters")))
    note "$1: $(counted "$project_passed" "$project_failed" "$project_skipped")"
    passed=$((passed + project_passed))
    failed=$((failed + project_failed))
    skipped=$((skipped + project_skipped))
}

counter() {
    local text=${2#*" $1=\""}
    echo "${text%%\"*}"
}

# counted PASSED FAILED SKIPPED
counted() {
    printf '%d passed, %d failed' "$1" "$2"
    [ "$3" = 0 ] || printf ', %d skipped' "$3"
}

finish_tests() {
    [ $((passed + failed)) -gt 0 ] || failed=1
    printf '%s\n' "$(counted "$passed" "$failed" "$skipped")"
    [ "$failed" = 0 ]
}
