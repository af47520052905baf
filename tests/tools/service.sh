#!/bin/sh
# SPDX-License-Identifier: MIT
#
# service.sh UNIT.in: the unit is one that systemd accepts, as tight as was promised, and its catalog compiles. All of
# it in a scratch folder: no manager is asked and none is started.
set -u
if ! command -v systemd-analyze >/dev/null; then
    echo "skipped: systemd-analyze is not installed"
    exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unit=$scratch/feedwatchd.service
sed 's|@BINDIR@/.*|/bin/true|' "$1" >"$unit" # verify wants programs that are there
status=0
systemd-analyze verify --man=no "$unit" >"$scratch/out" 2>&1
[ $? -eq 0 ] && [ ! -s "$scratch/out" ] || { cat "$scratch/out"; status=1; }
systemd-analyze security --offline=true --threshold=11 "$unit" >"$scratch/out" 2>&1 || { grep -v '^✓' "$scratch/out"; status=1; }
level=$(sed -nE 's/.*Overall exposure level.*: ([0-9.]+).*/\1/p' "$scratch/out")
mkdir -p "$scratch/root/usr/lib/systemd/catalog"
cp "$(dirname "$1")/feedwatchd.catalog" "$scratch/root/usr/lib/systemd/catalog/"
journalctl --root="$scratch/root" --update-catalog || status=1
[ $status -eq 0 ] && echo "service: the unit is clean, exposure $level, $(grep -c '^-- ' "$(dirname "$1")/feedwatchd.catalog") messages explained"
exit $status
