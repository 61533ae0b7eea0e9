#!/bin/bash
# Makes the image localhost/sheaf-busybox:1 from this machine's busybox, without a registry.
#
# Does nothing when the image is there; --force makes it anew. PODMAN names another podman, with options of its own.
set -euo pipefail

image=localhost/sheaf-busybox:1
read -ra podman <<<"${PODMAN:-podman}"

refuse() {
    echo "make-image.sh: $1" >&2
    exit 69
}

command -v "${podman[0]}" >/dev/null || refuse "podman is missing; install the package 'podman'"
busybox=$(command -v busybox) || refuse "busybox is missing; install the package 'busybox-static'"
# A busybox that needs libraries would not start in an image that has none.
if ldd "$busybox" >/dev/null 2>&1; then
    refuse "$busybox needs shared libraries; install the package 'busybox-static'"
fi

if [[ ${1:-} != --force ]] && "${podman[@]}" image exists "$image"; then
    echo "$image is there"
    exit 0
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,etc,proc,sys,var}
mkdir -m 1777 "$root/tmp"
cp "$busybox" "$root/bin/busybox"
chmod 0755 "$root" "$root/bin/busybox"
for applet in $("$busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"

tar -C "$root" --owner 0 --group 0 --numeric-owner -c . |
    "${podman[@]}" import --quiet --change 'CMD ["/bin/sh"]' --change 'ENV PATH=/bin' - "$image" >/dev/null
echo "$image made"
