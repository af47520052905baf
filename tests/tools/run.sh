#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh OUT PROGRAM...: runs cmocka programs one after the other, each in its own scratch directory, shows what
# failed with the command that repeats it, and closes with one line `N passed, N failed`.
set -u
out=$1
shift
top=$PWD
logs=$out/log
mkdir -p "$logs"
passed=0
failed=0
started=$(date +%s)
for program in "$@"; do
    name=$(basename "$program")
    log=$logs/$name.log
    begun=$(date +%s)
    FEEDWATCH_TOP=$top FEEDWATCH_OUT=$out CMOCKA_MESSAGE_OUTPUT=stdout timeout 600 "$program" >"$log" 2>&1
    status=$?
    took=$(($(date +%s) - begun))
    good=$(grep -c '^\[       OK \]' "$log")
    bad=$(grep -oE '^\[  FAILED  \] [A-Za-z_0-9]+$' "$log" | sort -u | wc -l)
    # A crash, a hang or a program without one test (unless it says what it skipped) fails even where cmocka printed none.
    if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$good" -eq 0 ] && [ "$bad" -eq 0 ] && ! grep -q '^skipped: ' "$log"; then bad=1; fi
    passed=$((passed + good))
    failed=$((failed + bad))
    if [ "$bad" -ne 0 ]; then
        echo "FAILED $name (status $status, ${took}s); repeat with:  FEEDWATCH_TOP=$top FEEDWATCH_OUT=$out $program"
        grep -vE '^\[ (RUN|      OK|=====)' "$log" | tail -n 40 | sed 's/^/    /'
    else
        printf 'ok     %-40s %4d tests %3ds\n' "$name" "$good" "$took"
        grep '^skipped: ' "$log" | sed 's/^/       /'
    fi
done
echo "took $(($(date +%s) - started)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
