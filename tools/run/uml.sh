# shellcheck shell=bash
# The fourth system of `./run bench`, on request (--systems): Debian's User Mode Linux as a process of the native kernel, with the same programs.

wants_uml() {
    [[ " ${bench_arguments[*]} " =~ \ --systems\ ([^ ]*,)?uml[\ ,] ]]
}

prepare_uml() {
    fetch user-mode-linux
    uml_image linux.initramfs uml.initramfs
    is_quick || uml_image servers.initramfs uml-servers.initramfs
}

# uml_image PROGRAMS FILE: made when it is not there, or older than what it is made of.
uml_image() {
    local programs=$bench/$1 image=$bench/$2
    if [ -e "$image" ] && [ -z "$(find bench/uml "$programs" -type f -newer "$image")" ]; then
        return 0
    fi
    logged bench-uml bench/uml/build-initramfs "$out/packages" "$programs" "$image"
}
