# shellcheck shell=bash
# out/serai_VERSION_amd64.deb. The version counts commits; changes that are in none are told by a mark behind it.

deb_packages=(dpkg git)

# A copy without git's records, or with the last of them only, would count too few, and the package be older than it is.
has_history() {
    [ "$(git rev-parse --is-shallow-repository 2> /dev/null)" = false ]
}

deb_version() {
    local mark='' count changes
    has_history || fail "the package's version counts commits, but git has not all of them here (a shallow clone gets them by: git fetch --unshallow)"
    count=$(git rev-list --count HEAD)
    changes=$(git status --porcelain --untracked-files=no)
    [ -z "$changes" ] || mark=+changed
    echo "0.1.$count$mark"
}

build_deb() {
    local version time
    version=$(deb_version)
    time=$(git log -1 --format=%ct)
    build_deb_as "$version" "$time"
}

# Tests need the package, whatever it is called.
build_deb_for_tests() {
    if has_history; then
        build_deb
    else
        build_deb_as 0.1.0 0
    fi
}

# build_deb_as VERSION TIME: the time in the package, in seconds since 1970. The name without a version, out/serai.deb, is for tests.
build_deb_as() {
    local deb=$out/serai_$1_amd64.deb
    step "building Debian's package"
    logged deb env SOURCE_DATE_EPOCH="$2" tools/package/build-deb "$out/serai" "$1" "$deb"
    find "$out" -maxdepth 1 -name 'serai_*_amd64.deb' ! -name "${deb##*/}" -delete
    ln -sfn "${deb##*/}" "$out/serai.deb"
    note "${deb#"$PWD/"}, $(($(stat -c %s "$deb") / 1024)) KiB; to install it: apt install ./${deb#"$PWD/"}"
}
