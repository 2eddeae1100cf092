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

# The micro-guests of test/Guests, out/guests.elf and the list of their names; the examples, out/example-NAME.elf each; the pair of the benchmarks.
build_micro_guests() {
    local project
    [ -e test/Guests/Guests.csproj ] || return 0
    step "building the micro-guests"
    logged build-guests dotnet build test/Guests/Guests.csproj -c Release --nologo -v quiet -clp:NoSummary
    for project in examples/*/*.csproj bench/Pair/Pair.csproj; do
        logged "build-$(basename "$project" .csproj)" dotnet build "$project" -c Release --nologo -v quiet -clp:NoSummary
    done
}
