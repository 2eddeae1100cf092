# shellcheck shell=bash
# out/serai_VERSION_amd64.deb. The version counts commits; changes that are in none are told by a mark behind it.

deb_packages=(dpkg git)

deb_version() {
    local mark=''
    [ -z "$(git status --porcelain --untracked-files=no)" ] || mark=+changed
    echo "0.1.$(git rev-list --count HEAD)$mark"
}

# The name without a version, out/serai.deb, is for tests.
build_deb() {
    local version deb
    version=$(deb_version)
    deb=$out/serai_${version}_amd64.deb
    step "building Debian's package"
    rm -f "$out"/serai_*_amd64.deb
    logged deb env SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" tools/package/build-deb "$out/serai" "$version" "$deb"
    ln -sfn "$(basename "$deb")" "$out/serai.deb"
    note "${deb#"$PWD/"}, $(($(stat -c %s "$deb") / 1024)) KiB; to install it: apt install ./${deb#"$PWD/"}"
}
