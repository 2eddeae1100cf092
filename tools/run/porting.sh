# shellcheck shell=bash
# The cost of porting, counted: `./run bench porting` writes the table of docs/guestkit.md anew from the sources; bench/porting says what belongs
# to which part.

experiment_porting() {
    local table=$bench/porting.table
    step "counting the lines of GuestKit"
    porting_table > "$table"
    sed -i -e '/^<!-- porting -->$/,/^<!-- end of porting -->$/{/^<!--/!d}' -e "/^<!-- porting -->\$/r $table" docs/guestkit.md
    cat "$table"
}

porting_table() {
    local name files all=() sums=(0 0) counts
    printf '| part | lines of code | with comments |\n|---|---|---|\n'
    while IFS='|' read -r name files; do
        read -ra files <<< "$files"
        all+=("${files[@]}")
        read -ra counts < <(lines_of "${files[@]}")
        printf '| %s | %d | %d |\n' "$name" "${counts[@]}"
        sums=($((sums[0] + counts[0])) $((sums[1] + counts[1])))
    done < <(grep -v '^#' bench/porting)
    printf '| **together** | **%d** | **%d** |\n' "${sums[@]}"
    mapfile -t files < <(cd src/GuestKit && find . -name obj -prune -o -name bin -prune -o \( -name '*.cs' -o -name '*.S' \) -printf '%P\n' |
        LC_ALL=C sort | grep -vxF "$(printf '%s\n' "${all[@]}" Properties.cs)")
    read -ra counts < <(lines_of "${files[@]}")
    printf '| what only tests of the ABI and drivers of devices want | %d | %d |\n' "${counts[@]}"
    for name in examples/*/; do
        mapfile -t files < <(printf '../../%s\n' "$name"*.cs)
        read -ra counts < <(lines_of "${files[@]}")
        printf '| example: %s | %d | %d |\n' "$(basename "$name")" "${counts[@]}"
    done
}

# lines_of FILE...: lines that are neither empty nor only a comment, and those that are not empty.
lines_of() {
    (cd src/GuestKit && sed 's/^[[:space:]]*//' "$@") |
        awk '/^$/ {next} {all++} /^\/\// || /^#/ || /^\/?\*/ {next} {code++} END {print code + 0, all + 0}'
}
