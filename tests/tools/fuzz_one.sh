#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fuzz_one.sh SECONDS TARGET: runs one target for fuzz.sh.
set -u
seconds=$1
target=$2
name=$(basename "$target")
found=build/fuzz/found/$name
log=build/fuzz/$name.log
mkdir -p "$found"
set -- -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/"$name"-
if [ -f tests/fuzz/"$name".dict ]; then set -- "$@" -dict=tests/fuzz/"$name".dict; fi
set -- "$@" "$found"
if [ -d tests/fuzz/corpus/"$name" ]; then set -- "$@" tests/fuzz/corpus/"$name"; fi
if "$target" "$@" >"$log" 2>&1; then
    echo "ok     $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs in ${seconds}s"
    exit 0
fi
said=$(grep -aE 'ERROR|SUMMARY|_fuzz:|runtime error|Test unit written' "$log" | sed 's/^/    /')
printf 'FAILED %s:\n%s\n    repeat with:  %s build/fuzz/%s-...\n' "$name" "$said" "$target" "$name"
exit 1
