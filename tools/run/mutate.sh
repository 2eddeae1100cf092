# shellcheck shell=bash
# Whether the hosted tests notice faults: ./run mutate puts the ones of test/Mutations into a copy of the sources and turns them on one by one.

run_mutations() {
    step "putting the faults of test/Mutations into a copy of the sources"
    logged build-mutate dotnet build tools/Mutate/Mutate.csproj -c Release --nologo -v quiet -clp:NoSummary
    step "running the hosted tests with one fault at a time (every one must make some test fail)"
    dotnet "$out/bin/Mutate/release/Serai.Mutate.dll" "$PWD" "$out/mutate" "$filter"
}
