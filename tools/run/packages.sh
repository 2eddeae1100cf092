# shellcheck shell=bash
# Two ways to get what Debian has: tools the machine must have are installed; what a guest is made of is only unpacked under out/packages.

dotnet_channel=10.0

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif sudo -n true 2> /dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

can_be_root() {
    as_root true 2> /dev/null
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

# need PACKAGE...: installs what is missing, or says what to type.
need() {
    local package missing=()
    command -v dpkg-query > /dev/null || fail "this script installs Debian packages; on another system have these at hand: $*"
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! can_be_root; then
        note "missing: ${missing[*]}"
        note "type:    sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
        exit 1
    fi
    step "installing ${missing[*]}"
    refresh_lists
    logged apt-install as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

lists_are_fresh=no

refresh_lists() {
    [ "$lists_are_fresh" = no ] || return 0
    can_be_root || fail "Debian's package lists are missing or out of date; type: sudo apt-get update"
    logged apt-update as_root apt-get update -q
    lists_are_fresh=yes
}

# The SDK is Microsoft's; Debian 12 does not have it.
need_dotnet() {
    if ! command -v dotnet > /dev/null && [ -x "$HOME/.dotnet/dotnet" ]; then
        PATH=$HOME/.dotnet:$PATH
    fi
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en
    if command -v dotnet > /dev/null && dotnet --list-sdks | grep -q "^${dotnet_channel%.*}\."; then
        return 0
    fi
    note "missing: the .NET SDK $dotnet_channel, which Debian does not package. Microsoft's documented way, no root needed:"
    note "type:    sudo apt-get install -y curl libicu72 && curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel $dotnet_channel"
    note "It goes to ~/.dotnet, where this script finds it. (Or Microsoft's packages: https://learn.microsoft.com/dotnet/core/install/linux-debian)"
    exit 1
}

# fetch PACKAGE: the newest version Debian offers, unmodified, unpacked into out/packages/PACKAGE; nothing is installed.
fetch() {
    local package=$1 target="$out/packages/$1" scratch
    [ ! -d "$target" ] || return 0
    command -v apt-get > /dev/null || fail "$package is taken from Debian's archive with apt-get, which this machine lacks"
    step "fetching $package"
    mkdir -p "$out/packages"
    scratch=$(mktemp -d "$out/packages/.$package.XXXXXX")
    if ! download "$package" "$scratch" > /dev/null; then
        refresh_lists
        logged "fetch-$package" download "$package" "$scratch"
    fi
    mkdir "$scratch/tree"
    logged "unpack-$package" dpkg-deb -x "$scratch"/*.deb "$scratch/tree"
    mv "$scratch/tree" "$target"
    rm -rf "$scratch"
}

# Prints what went wrong, when it does.
download() {
    (cd "$2" && apt-get -q -o APT::Sandbox::User=root download "$1" 2>&1) && compgen -G "$2/*.deb" > /dev/null
}
