# shellcheck shell=bash
# From C# to out/serai.

build_packages=(clang lld llvm)

build_image() {
    need "${build_packages[@]}"
    need_dotnet
    step "building the hypervisor"
    logged build dotnet build src/Hypervisor/Hypervisor.csproj -c Release --nologo -v quiet -clp:NoSummary
    [ -s "$out/serai" ] || fail "the build left no out/serai"
    note "out/serai, $(($(stat -c %s "$out/serai") / 1024)) KiB"
}

# The micro-guests of test/Guests: out/guests.elf and the list of their names.
build_micro_guests() {
    [ -e test/Guests/Guests.csproj ] || return 0
    step "building the micro-guests"
    logged build-guests dotnet build test/Guests/Guests.csproj -c Release --nologo -v quiet -clp:NoSummary
}
