# shellcheck shell=bash
# From C# to out/serai.

build_packages=(clang lld llvm)

# need_for_build PACKAGE...: the SDK first, since it is the one thing this script cannot install.
need_for_build() {
    need_dotnet
    need "${build_packages[@]}" "$@"
}

build_image() {
    step "building the hypervisor"
    logged build dotnet build src/Hypervisor/Hypervisor.csproj -c Release --nologo -v quiet -clp:NoSummary
    [ -s "$out/serai" ] || fail "the build left no out/serai"
    note "out/serai, $(($(stat -c %s "$out/serai") / 1024)) KiB"
}

# The same with the rules of its lock checked and its holds measured (src/Machine/Processor/LockWatch.cs): out/serai-checked.
build_checked_image() {
    step "building the checked hypervisor"
    logged build-checked dotnet build src/Hypervisor/Hypervisor.csproj -c Checked --nologo -v quiet -clp:NoSummary
    [ -s "$out/serai-checked" ] || fail "the build left no out/serai-checked"
    note "out/serai-checked"
}

# The micro-guests of test/Guests, out/guests.elf and the list of their names; the examples, out/example-NAME.elf each; the pair of the
# benchmarks; the guest of the comparison with Xen, out/calls.elf.
build_micro_guests() {
    local project
    [ -e test/Guests/Guests.csproj ] || return 0
    step "building the micro-guests"
    logged build-guests dotnet build test/Guests/Guests.csproj -c Release --nologo -v quiet -clp:NoSummary
    for project in examples/*/*.csproj bench/Pair/Pair.csproj test/Calls/Calls.csproj; do
        logged "build-$(basename "$project" .csproj)" dotnet build "$project" -c Release --nologo -v quiet -clp:NoSummary
    done
}
