#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run_one.sh OUT PROGRAM: runs one cmocka program for run.sh. Its output goes to OUT/log/NAME.log, what is to be read
# of it to NAME.said and standard output, its counts to NAME.count. RUN_LIMIT_S (600) bounds it.
set -u
out=$1
program=$2
name=$(basename "$program")
log=$out/log/$name.log
said=$out/log/$name.said
begun=$(date +%s)
FEEDWATCH_TOP=$PWD FEEDWATCH_OUT=$out CMOCKA_MESSAGE_OUTPUT=stdout timeout "${RUN_LIMIT_S:-600}" "$program" >"$log" 2>&1
status=$?
took=$(($(date +%s) - begun))
good=$(grep -c '^\[       OK \]' "$log")
bad=$(grep -oE '^\[  FAILED  \] [A-Za-z_0-9]+$' "$log" | sort -u | wc -l)
# A crash, a hang or a program without one test (unless it says what it skipped) fails even where cmocka printed none.
if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
if [ "$good" -eq 0 ] && [ "$bad" -eq 0 ] && ! grep -q '^skipped: ' "$log"; then bad=1; fi
echo "$good $bad" >"$out/log/$name.count"
if [ "$bad" -ne 0 ]; then
    echo "FAILED $name (status $status, ${took}s); repeat with:  FEEDWATCH_TOP=$PWD FEEDWATCH_OUT=$out $program"
    grep -vE '^\[ (RUN|      OK|=====)' "$log" | tail -n 40 | sed 's/^/    /'
else
    printf 'ok     %-40s %4d tests %3ds\n' "$name" "$good" "$took"
    grep '^skipped: ' "$log" | sed 's/^/       /'
fi >"$said"
flock "$out/log" cat "$said"
