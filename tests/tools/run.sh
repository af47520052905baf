#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh OUT PROGRAM...: runs cmocka programs, as many at a time as there are cores (JOBS=), each in its own scratch
# directory and on ports of its own. Shows each as it ends, what failed with the command that repeats it, and closes
# with one line `N passed, N failed`.
set -u
out=$1
shift
mkdir -p "$out/log"
passed=0
failed=0
started=$(date +%s)
for program in "$@"; do
    rm -f "$out/log/$(basename "$program").count"
done
printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -n 1 sh tests/tools/run_one.sh "$out"
for program in "$@"; do
    count=$out/log/$(basename "$program").count
    good=0
    bad=1 # what left no count has not run
    if [ -f "$count" ]; then read -r good bad <"$count"; fi
    passed=$((passed + good))
    failed=$((failed + bad))
done
echo "took $(($(date +%s) - started)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
