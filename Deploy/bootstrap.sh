#!/bin/sh
# Installs the Debian packages that the build needs, where it may; otherwise says what to install.
set -eu

packages="libzmq3-dev libopenblas-dev libpng-dev zlib1g-dev libsqlite3-dev pkg-config"

if ! command -v swift >/dev/null 2>&1; then
    echo "Grove is built with Swift 6.2 or newer, and there is no 'swift' on the PATH: install a toolchain from swift.org." >&2
    exit 1
fi

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
    for package in $packages; do
        state=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
        case "$state" in ii*) ;; *) missing="$missing $package" ;; esac
    done
else
    for library in libzmq openblas libpng zlib sqlite3; do
        pkg-config --exists "$library" 2>/dev/null || missing="$missing $library"
    done
    if [ -n "$missing" ]; then
        echo "This is not Debian or Ubuntu; install the development packages of:$missing" >&2
        exit 1
    fi
fi
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "Grove needs these packages; install them with: sudo apt-get install$missing" >&2
    exit 1
fi

echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words is meant
install_missing() { $as_root apt-get install -y --no-install-recommends $missing >/dev/null; }
# A machine that has never fetched its package lists fails the first time.
install_missing 2>/dev/null || { $as_root apt-get update >/dev/null && install_missing; }
