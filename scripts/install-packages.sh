#!/bin/bash
# Installs the Debian packages that are missing. Usage: install-packages.sh SET...
#
#   build   what `swift build` needs
#   run     what bundles/quickstart needs
#   test    what the tests need
#   bench   what the benchmarks need
#
# Asks for root only when something is missing. No PostgreSQL cluster of the system is made or started: Sheaf runs its own.
set -euo pipefail

declare -A sets=(
    [build]="git pkg-config libgit2-dev libarchive-dev libzstd-dev libdeflate-dev zlib1g-dev libsqlite3-dev"
    [run]="tzdata postgresql postgresql-client busybox"
    [test]="busybox-static openssl openssh-client libarchive-tools python3-venv podman runc containernetworking-plugins iptables catatonit slirp4netns docker-registry apache2-utils zstd git jq curl psmisc procps python3 python3-pip make"
    [bench]="time procps git podman busybox-static hyperfine python3 zstd tar"
)

# Whether a package, or something else that does its work, is there.
is_installed() {
    case $1 in
    busybox) command -v busybox >/dev/null ;;
    *) [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == "install ok installed" ]] ;;
    esac
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "install-packages.sh: neither root nor sudo; as root, install:${missing[*]/#/ }" >&2
        exit 69
    fi
}

wanted=()
for name in "$@"; do
    if [[ -z ${sets[$name]:-} ]]; then
        echo "install-packages.sh: there is no set '$name'" >&2
        exit 64
    fi
    read -ra packages <<<"${sets[$name]}"
    wanted+=("${packages[@]}")
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "install-packages.sh: this is no Debian system; these packages, or their like, are needed: ${wanted[*]}" >&2
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    is_installed "$package" || [[ " ${missing[*]:-} " == *" $package "* ]] || missing+=("$package")
done
# The static one does the work of both, and the two exclude each other.
if [[ " ${missing[*]:-} " == *" busybox "* ]]; then
    missing=("${missing[@]/%busybox/busybox-static}")
fi
if [[ ${#missing[@]} == 0 ]]; then
    exit 0
fi

echo "Installing ${missing[*]}" >&2
# Debian makes and starts a cluster with the first server package, unless this file says no. It is there only meanwhile.
no_cluster=/etc/postgresql-common/createcluster.d/sheaf-install.conf
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    trap 'as_root rm -f "$no_cluster"' EXIT
    as_root mkdir -p "${no_cluster%/*}"
    as_root sh -c "echo 'create_main_cluster = false' >$no_cluster"
fi
as_root apt-get -qq update
as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
# Debian starts the registry for everybody on the network; the tests start one of their own.
if [[ " ${missing[*]} " == *" docker-registry "* && -d /run/systemd/system ]]; then
    as_root systemctl disable --quiet --now docker-registry
fi
