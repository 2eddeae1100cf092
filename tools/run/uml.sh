# shellcheck shell=bash
# The fourth system of `./run bench`, on request (--systems): Debian's User Mode Linux as a process of the native kernel, with the same programs.

wants_uml() {
    [[ " ${bench_arguments[*]} " =~ \ --systems\ ([^ ]*,)?uml[\ ,] ]]
}

prepare_uml() {
    local image=$bench/uml.initramfs programs=$bench/linux.initramfs
    fetch user-mode-linux
    if [ -e "$image" ] && [ -z "$(find bench/uml "$programs" -type f -newer "$image")" ]; then
        return 0
    fi
    logged bench-uml bench/uml/build-initramfs "$out/packages" "$programs" "$image"
}
