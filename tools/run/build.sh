# shellcheck shell=bash
# From C# to out/serai.

build_packages=(clang lld llvm)

build_image() {
    need "${build_packages[@]}"
    need_dotnet
    step "building the hypervisor"
    logged build tools/build-image
    [ -s "$out/serai" ] || fail "the build left no out/serai"
    note "out/serai, $(($(stat -c %s "$out/serai") / 1024)) KiB"
}
