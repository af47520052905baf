#!/bin/sh
# SPDX-License-Identifier: MIT
#
# deps.sh PURPOSE PACKAGE...: installs those of the Debian packages that are missing, through sudo when not root.
# Touches nothing where all are there. A failed install says the one line to run by hand.
set -eu
purpose=$1
shift

missing=
for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || {
        echo "deps: to $purpose, these packages are missing, and there is neither root nor sudo:$missing" >&2
        echo "deps: run as root:  apt-get update && apt-get install --no-install-recommends$missing" >&2
        exit 1
    }
fi
echo "deps: installing what is missing to $purpose:$missing"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# The lists of a fresh image may be empty or old: fetch them first, and go on with what is there when that fails.
$as_root apt-get update >"$log" 2>&1 || echo "deps: apt-get update failed; trying with the lists that are there" >&2
# shellcheck disable=SC2086
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >>"$log" 2>&1; then
    tail -n 15 "$log" >&2
    echo "deps: the install failed (whole log: $log). By hand, as root:" >&2
    echo "      apt-get update && apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
rm -f "$log"
