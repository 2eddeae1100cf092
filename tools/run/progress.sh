# shellcheck shell=bash
# What the person at the terminal sees: one short line a step; everything longer goes to out/logs and is shown when a step fails.

out=$PWD/out
logs=$out/logs

if [ -t 1 ]; then
    bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' red='' plain=''
fi

step() {
    printf '%s==>%s %s\n' "$bold" "$plain" "$*"
}

note() {
    printf '    %s\n' "$*"
}

fail() {
    printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2
    exit 1
}

# logged NAME COMMAND...: runs the command with its output in out/logs/NAME.log and leaves the script when it fails.
logged() {
    local log="$logs/$1.log"
    shift
    mkdir -p "$logs"
    "$@" > "$log" 2>&1 < /dev/null || fail_as_logged "$log" "$@"
}

# watched NAME COMMAND...: the same; the steps that the command tells (lines that begin with I:) are shown as they come.
watched() {
    local log="$logs/$1.log"
    shift
    mkdir -p "$logs"
    "$@" 2>&1 < /dev/null | tee "$log" | sed -nu 's/^I: /    /p' || fail_as_logged "$log" "$@"
}

# fail_as_logged LOG COMMAND...
fail_as_logged() {
    local log=$1
    shift
    printf '%s\n' "--- from ${log#"$PWD/"}:" >&2
    { grep -E ': error ' "$log" | LC_ALL=C sort -u | head -n 15 | grep . || tail -n 25 "$log"; } >&2
    fail "this command failed: $*"
}
